import type { Clock } from "../../../shared/clock.ts";
import type { Probe } from "../../../shared/domain/probes/probe.ts";
import type { Outcome } from "../../../shared/domain/result.ts";

/** What a prober is given besides the probe. */
export interface ProberContext {
  readonly clock: Clock;
  /** Tells the target's owner who asks, and from which region. */
  readonly userAgent: string;
  /** For this attempt, ms. */
  readonly timeoutMs: number;
}

/** One try. Faults of the target are an outcome; a prober throws only where it is itself wrong. */
export interface Attempt {
  readonly outcome: Exclude<Outcome, { outcome: "unknown" }>;
  /** From the request's start to the end of its answer, ms; null where no answer came. */
  readonly latencyMs: number | null;
  readonly httpStatus: number | null;
}

/** Makes one attempt at a probe of its kind. */
export type Prober<P extends Probe> = (probe: P, context: ProberContext) => Promise<Attempt>;
