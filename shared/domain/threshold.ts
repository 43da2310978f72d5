/** A value held against two thresholds: how bad it is, in a word and as a figure. */

export const directions = ["above", "below"] as const;

/** On which side of its thresholds a value is bad. */
export type Direction = (typeof directions)[number];

/** `critical` lies beyond `warning`, in the direction in which it gets worse. */
export interface Thresholds {
  readonly direction: Direction;
  readonly warning: number;
  readonly critical: number;
}

export type ThresholdState = "ok" | "warning" | "critical";

/** The state of a value: a threshold is passed by what lies beyond it, not by what equals it. */
export function thresholdState(value: number, thresholds: Thresholds): ThresholdState {
  if (isBeyond(value, thresholds.critical, thresholds)) return "critical";
  return isBeyond(value, thresholds.warning, thresholds) ? "warning" : "ok";
}

/** 100 up to the warning threshold, 0 from the critical one, linear between them. */
export function thresholdScore(value: number, thresholds: Thresholds): number {
  const { warning, critical } = thresholds;
  if (!isBeyond(value, warning, thresholds)) return 100;
  if (!isBeyond(critical, value, thresholds)) return 0;
  return Math.min(100, Math.max(0, (100 * (critical - value)) / (critical - warning)));
}

/** Whether two thresholds are in order: critical beyond warning. */
export function areOrdered(thresholds: Thresholds): boolean {
  return isBeyond(thresholds.critical, thresholds.warning, thresholds);
}

function isBeyond(value: number, threshold: number, { direction }: Thresholds): boolean {
  return direction === "above" ? value > threshold : value < threshold;
}
