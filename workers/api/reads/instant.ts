export { instant, instantOrNull } from "../../../shared/instant.ts";
