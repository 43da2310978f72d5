/**
 * The plain account of what must have been decided: minute by minute, from the results alone, without
 * a look at how the product decides it. Monitors open at the first failure and close at the first
 * success, by strict majority of the regions that could tell.
 */
import type { Outcome, StoredResult } from "./evidence.ts";

/** The overall status in each minute that has results, by path. */
export type Account = ReadonlyMap<string, ReadonlyMap<number, Outcome>>;

export function accountOf(results: readonly StoredResult[]): Account {
  const byCheck = Map.groupBy(results, ({ path, time }) => `${path} ${time}`);
  const account = new Map<string, Map<number, Outcome>>();
  for (const check of byCheck.values()) {
    const [first] = check;
    if (!first) continue;
    const minutes = account.get(first.path) ?? new Map<number, Outcome>();
    minutes.set(first.time, verdictOf(check));
    account.set(first.path, minutes);
  }
  return account;
}

function verdictOf(check: readonly StoredResult[]): Outcome {
  const told = check.filter(({ outcome }) => outcome !== "unknown");
  const down = told.filter(({ outcome }) => outcome === "down").length;
  if (told.length === 0) return "unknown";
  if (down > told.length / 2) return "down";
  return down > 0 ? "degraded" : "up";
}

/** Where the status changed: the times of the first minute of each, and to what. */
export function changesOf(minutes: ReadonlyMap<number, Outcome>): string[] {
  const changes: string[] = [];
  let before: Outcome = "unknown";
  for (const [time, outcome] of [...minutes].sort(([a], [b]) => a - b)) {
    if (outcome !== before) changes.push(`${time} ${outcome}`);
    before = outcome;
  }
  return changes;
}
