import type { Level, Thresholds } from "./rule.ts";

/**
 * The level of a value, with hysteresis: a level once reached is left only when the value has come
 * back over its threshold by the margin.
 *
 * @param before the level so far; null: well
 * @returns null where it is well
 */
export function levelOf(value: number, thresholds: Thresholds, before: Level | null): Level | null {
  const { critical, warning } = thresholds;
  const holds = (threshold: number | null, reached: boolean) =>
    threshold !== null && isBeyond(value, threshold, thresholds, reached);
  if (holds(critical, before === "critical")) return "critical";
  if (holds(warning, before !== null)) return "warning";
  return null;
}

function isBeyond(
  value: number,
  threshold: number,
  { direction, margin }: Thresholds,
  reached: boolean,
): boolean {
  const slack = reached ? Math.abs(threshold) * margin : 0;
  return direction === "above" ? value > threshold - slack : value < threshold + slack;
}
