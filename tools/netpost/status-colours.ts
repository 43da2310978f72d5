import type { Status } from "../../shared/domain/status.ts";
import type { Colour } from "../config/paint.ts";

/** How a status looks on a terminal. */
export const colours: Readonly<Record<Status, Colour>> = {
  up: "green",
  degraded: "yellow",
  down: "red",
  unknown: "gray",
};
