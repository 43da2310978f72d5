/** What a service whose checks are read is, to the step that reads it. */
import {
  paceSeconds,
  type Sighting,
  type VantageService,
} from "../../../shared/domain/vantage-point.ts";
import type { ServiceAnswer, ServiceContext } from "../exporters/ask-service.ts";
import { failureOfAnswer, type ServiceFailure } from "../exporters/failure.ts";

/** Why its checks could not be read. */
export interface NotRead extends ServiceFailure {
  readonly kind: "not-read";
}

/** What became of asking it. */
export type Reading =
  | {
      readonly kind: "read";
      readonly sightings: readonly Sighting[];
      /** How long it is to be left alone, so that its limit lasts, seconds. */
      readonly pauseSeconds: number;
    }
  | NotRead;

export interface WatchService {
  readonly service: VantageService;
  /**
   * Asks for what was seen of some checks, in bounded time and requests. Never throws for what
   * happens outside.
   *
   * @param checks the service's ids of them
   */
  readonly read: (checks: readonly string[], context: ServiceContext) => Promise<Reading>;
}

/** An answer that is not what was asked for. */
export function notRead(answer: ServiceAnswer, waitSeconds: number | null = null): NotRead {
  const failure = failureOfAnswer(answer);
  return { kind: "not-read", ...failure, waitSeconds: failure.waitSeconds ?? waitSeconds };
}

/** An answer that the service's description does not know. */
export function malformed(detail: string): NotRead {
  return { kind: "not-read", reason: "malformed", detail, waitSeconds: null };
}

/** What is left of a limit. */
export interface Allowance {
  readonly remaining: number;
  readonly resetSeconds: number;
}

/** The pause that the tightest of some limits asks for, seconds. */
export function pauseOf(allowances: readonly Allowance[], each: number): number {
  return Math.max(
    0,
    ...allowances.map(({ remaining, resetSeconds }) => paceSeconds(remaining, resetSeconds, each)),
  );
}
