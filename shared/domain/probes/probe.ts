import type { HttpProbe } from "./http.ts";

/** What a monitor asks and demands; one member for each kind. */
export type Probe = HttpProbe;
