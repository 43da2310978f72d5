/** Monitors, plans and reports for tests: a sensible default for every field, changed at will. */
import type { Monitor, Region, RetryPolicy } from "../monitor.ts";
import type { Plan } from "../plan.ts";
import type { Memory, RoundReport } from "../recording.ts";
import type { Outcome } from "../result.ts";
import type { Round, Step } from "../schedule.ts";
import type { Status } from "../status.ts";

/** The time of the first round in tests: a whole day, so that it is on every grid. */
export const start = 1_767_225_600;

export const regions: readonly Region[] = [
  { id: "us-east", number: 1, locationHint: "enam", generation: 1 },
  { id: "us-west", number: 2, locationHint: "wnam", generation: 1 },
  { id: "eu-west", number: 3, locationHint: "weur", generation: 1 },
];

export const retryPolicy: RetryPolicy = {
  attempts: 3,
  timeoutMs: 5_000,
  backoffBaseMs: 250,
  backoffCapMs: 2_000,
  budgetMs: 15_000,
};

/** A monitor with NetPost's defaults: every minute, from three regions, majority, thresholds 1. */
export function monitorOf(changes: Partial<Monitor> = {}): Monitor {
  const number = changes.number ?? 1;
  return {
    id: `monitor-${number}`,
    number,
    name: `Monitor ${number}`,
    group: "NetPost",
    probe: {
      kind: "http",
      url: "http://netpost.test/api/health",
      method: "GET",
      headers: {},
      body: null,
      conditions: [],
    },
    schedule: { intervalSeconds: 60, phaseSeconds: 0 },
    regions: regions.map((region) => region.id),
    mode: "parallel",
    retry: retryPolicy,
    verdict: { quorum: { kind: "majority" }, failuresToOpen: 1, successesToClose: 1 },
    sloTarget: 0.999,
    category: null,
    tags: [],
    weight: 1,
    dependsOn: [],
    addedAt: 0,
    shard: 0,
    ...changes,
  };
}

export function planOf(monitors: readonly Monitor[], shards = 1): Plan {
  return { revision: 1, regions, monitors, shards, controls: [] };
}

export const emptyMemory: Memory = {
  statuses: new Map(),
  coverage: [],
};

/** An outcome of each kind, with a reason that fits. */
export function outcomeOf(status: Status, detail = ""): Outcome {
  switch (status) {
    case "up":
      return { outcome: "up" };
    case "degraded":
      return { outcome: "degraded", reason: "latency", detail };
    case "down":
      return { outcome: "down", reason: "status", detail };
    case "unknown":
      return { outcome: "unknown", reason: "internal", detail };
  }
}

/** The outcome that a letter of a script stands for; null for `-`: no result at all. */
export function outcomeOfLetter(letter: string): Outcome | null {
  if (letter === "-") return null;
  const status = statusOfLetter[letter];
  if (status === undefined) throw new RangeError(`no outcome is written ${letter}`);
  return outcomeOf(status);
}

const statusOfLetter: Readonly<Record<string, Status>> = {
  U: "up",
  G: "degraded",
  D: "down",
  "?": "unknown",
};

export function roundAt(index: number, step: Step = 60): Round {
  return { time: start + index * step, step };
}

/**
 * A round of monitor 1: a letter per region, in the order of `regions`. `U` up, `G` degraded, `D`
 * down, `?` unknown, `-` reported without a result for the monitor, `.` did not report at all.
 */
export function reportOf(round: Round, letters: string): RoundReport {
  return {
    round,
    regions: [...letters].flatMap((letter, index) => {
      if (letter === ".") return [];
      const outcome = outcomeOfLetter(letter);
      const results = outcome === null ? [] : [{ monitor: 1, outcome, latencyMs: 12, attempts: 1 }];
      return [{ region: index + 1, results }];
    }),
  };
}
