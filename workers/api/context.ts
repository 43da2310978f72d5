import type { Clock } from "../../shared/clock.ts";
import type { Scope } from "../../shared/domain/access.ts";
import type { Environment } from "./env.ts";

/** Who asks. */
export interface Identity {
  /** By which credential: `admin-token`, `monitoring-key`, `key:<id>` or `access:<who>`. */
  readonly id: string;
  /** As whom they are named where they do not say it themselves. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** A browser sends its credential by itself, whatever page asks. */
  readonly isBrowser: boolean;
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
    /** The limits by which the request was counted, as the header names them. */
    readonly ratePolicies?: readonly string[];
    /** The one that it went beyond. */
    readonly rateExceeded?: string;
  };
}
