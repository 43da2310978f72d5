import type { FailureReason, OwnFault } from "./reason.ts";

/** What one probe concluded. */
export type Outcome =
  | { readonly outcome: "up" }
  | {
      readonly outcome: "degraded" | "down";
      readonly reason: FailureReason;
      readonly detail: string;
    }
  | { readonly outcome: "unknown"; readonly reason: OwnFault; readonly detail: string };

/** What one region saw of one monitor at one scheduled time. */
export interface Result {
  /** The monitor's number. */
  readonly monitor: number;
  readonly outcome: Outcome;
  /** Of the attempt that decided, in ms; null where nothing was measured. */
  readonly latencyMs: number | null;
  readonly attempts: number;
  /** Numbers taken from the answer, by name; absent where there are none. */
  readonly metrics?: Readonly<Record<string, number>>;
}
