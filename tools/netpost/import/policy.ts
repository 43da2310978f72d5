/** Intervals and timeouts of other tools, brought into the bounds of ours. */
import {
  fastIntervals,
  isInterval,
  longestIntervalSeconds,
} from "../../../shared/domain/schedule.ts";
import { roundBudgetMs } from "../../../shared/domain/shard.ts";
import type { Notes } from "./imported.ts";

/** What a tool says of how often and how patiently it probes. */
export type ForeignPolicy = {
  readonly intervalSeconds: number;
  readonly timeoutMs: number;
  /** How the tool names the two. */
  readonly fields: { readonly interval: string; readonly timeout: string };
};

const usualBudgetMs = 15_000;
const longestTimeoutMs = 30_000;
const shortestTimeoutMs = 100;

/** The settings of a monitor; notes where they are not what the tool said. */
export function policyOf(
  { intervalSeconds, timeoutMs, fields }: ForeignPolicy,
  notes: Notes,
): Record<string, number> {
  const interval = allowedInterval(intervalSeconds);
  if (interval !== intervalSeconds) {
    notes.differs(
      fields.interval,
      `every ${intervalSeconds} s is not possible; every ${interval} s`,
    );
  }
  const fast = interval < 60;
  const most = fast ? roundBudgetMs[10] : longestTimeoutMs;
  const timeout = Math.min(most, Math.max(shortestTimeoutMs, Math.round(timeoutMs)));
  if (timeout !== Math.round(timeoutMs)) {
    notes.differs(fields.timeout, `${timeoutMs} ms is not possible; ${timeout} ms`);
  }
  return {
    intervalSeconds: interval,
    timeoutMs: timeout,
    ...(fast && { budgetMs: roundBudgetMs[10] }),
    ...(timeout > usualBudgetMs && { budgetMs: timeout }),
  };
}

/** The longest that is allowed and not longer than asked; the shortest where there is none. */
export function allowedInterval(seconds: number): number {
  if (isInterval(seconds)) return seconds;
  if (seconds > longestIntervalSeconds) return longestIntervalSeconds;
  if (seconds >= 60) return Math.floor(seconds / 60) * 60;
  return fastIntervals.findLast((allowed) => allowed <= seconds) ?? 10;
}

const goUnits: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A duration as Go and Prometheus write it (`1m30s`), in ms; null where it is none. */
export function goDurationMs(text: unknown): number | null {
  if (typeof text === "number") return text / 1e6;
  if (typeof text !== "string" || !/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|[smhdw]))+$/.test(text)) {
    return null;
  }
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|[smhdw])/g);
  return [...parts].reduce(
    (sum, [, count = "0", unit = "s"]) => sum + Number(count) * (goUnits[unit] ?? 0),
    0,
  );
}
