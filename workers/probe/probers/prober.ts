import type { Clock } from "../../../shared/clock.ts";
import type { Probe } from "../../../shared/domain/probes/probe.ts";
import type { Outcome } from "../../../shared/domain/result.ts";
import type { Secrets } from "./secrets.ts";
import type { Trace } from "./trace.ts";

/** What a prober is given besides the probe. */
export interface ProberContext {
  readonly clock: Clock;
  /** Tells the target's owner who asks, and from which region. */
  readonly userAgent: string;
  /** For this attempt, ms. */
  readonly timeoutMs: number;
  /** Whether hosts that are private (shared/private-host.ts) are probed. */
  readonly allowsPrivate: boolean;
  /** What references in the probe may name. */
  readonly secrets: Secrets;
  /** DNS over HTTPS, for finding out whether a host is at Cloudflare. */
  readonly resolverUrl: string;
  /** Where the attempt tells what it does, if somebody wants a transcript; it changes nothing. */
  readonly trace?: Trace;
}

/**
 * One try. Faults of the target are an outcome, and so is a secret that is not set (unknown); a prober
 * throws only where it is itself wrong.
 */
export interface Attempt {
  readonly outcome: Outcome;
  /** From the request's start to the end of its answer, ms; null where no answer came. */
  readonly latencyMs: number | null;
  readonly httpStatus: number | null;
  /** Numbers taken from the answer, by name. */
  readonly metrics?: Readonly<Record<string, number>>;
  /**
   * The URL as it was fetched, where no answer came, or one of Cloudflare's in its place: worth one
   * diagnosis. Never stored or shown.
   */
  readonly unanswered?: string;
}

/** Makes one attempt at a probe of its kind. */
export type Prober<P extends Probe> = (probe: P, context: ProberContext) => Promise<Attempt>;
