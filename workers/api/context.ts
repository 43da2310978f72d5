import type { Clock } from "../../shared/clock.ts";
import type { Environment } from "./env.ts";

/** Who asks. */
export interface Identity {
  readonly kind: "reader" | "admin";
}

/** What every request carries through the middleware and the routes. */
export interface ApiEnv {
  Variables: {
    readonly requestId: string;
    readonly clock: Clock;
    /** Epoch seconds, read once for each request. */
    readonly now: number;
    readonly environment: Environment;
    /** Set behind authentication only. */
    readonly identity: Identity;
  };
}
