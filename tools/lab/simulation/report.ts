import type { Policy } from "./policies.ts";
import { number, type Promised } from "./promises.ts";
import type { Score } from "./score.ts";
import type { Simulation } from "./simulate.ts";

type Cell = string | number;

/** Lines as wide as the widest of their cells; the first column is text, the others numbers. */
export function table(rows: readonly (readonly Cell[])[]): string[] {
  const cells = rows.map((row) =>
    row.map((cell) => (typeof cell === "number" ? number(cell) : cell)),
  );
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  return cells.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  ")
      .trimEnd(),
  );
}

/** The scenarios, under one policy. */
export function scriptedTable({ scripted }: Simulation, place: number): string[] {
  const heading = ["", "checks", "false alarms", "outages", "missed", "worst delay"];
  const rows = scripted.flatMap(({ name, scores }): Cell[][] => {
    const score = scores[place];
    if (!score) return [];
    const { checks, falseAlarms, outages, missed } = score;
    return [[name, checks, falseAlarms, outages, missed, seconds(worst(score))]];
  });
  return table([heading, ...rows]);
}

/** Policies side by side, on the same random days. */
export function policyTable({ random }: Simulation, policies: readonly Policy[]): string[] {
  const heading = [
    ...["", "false", "alone", "short", "outages", "missed", "unseen"],
    ...["median", "p95", "worst", "worst of all"],
  ];
  const rows = policies.flatMap(({ name }, place): Cell[][] => {
    const score = random.scores[place];
    if (!score) return [];
    const delays = score.delays.toSorted((a, b) => a - b);
    return [
      [
        ...[name, score.falseAlarms, score.loneAlarms, score.shortAlarms],
        ...[score.outages, score.missed, score.unseen],
        ...[seconds(quantile(delays, 0.5)), seconds(quantile(delays, 0.95))],
        ...[seconds(delays.at(-1) ?? null), seconds(score.worstDelayMs)],
      ],
    ];
  });
  return table([heading, ...rows]);
}

/** NetPost's own jobs: one line, for there is one policy. */
export function jobTable({ jobs }: Simulation): string[] {
  const { checks, falseAlarms, outages, missed, unseen } = jobs;
  const delays = jobs.delays.toSorted((a, b) => a - b);
  const delay = (share: number) => {
    const second = quantile(delays, share);
    return seconds(second === null ? null : second * 1000);
  };
  return table([
    ["", "checks", "false", "outages", "missed", "unseen", "median", "p95", "worst"],
    [
      ...["heartbeats", checks, falseAlarms, outages, missed, unseen],
      ...[delay(0.5), delay(0.95), delay(1)],
    ],
  ]);
}

/** What the columns of the policies' table are. */
export const policyLegend = `false    alarms that fewer than a majority of the regions had reason for
alone    such alarms while at most one region of ours worked; it decides alone then (ADR 2)
short    alarms for real outages of under one interval
outages  of two intervals or more, that we were in a condition to see; missed: without an alarm
         (under round-robin: that all regions saw, for the one in turn may see it well)
unseen   such outages all through which our cron or two regions of ours failed: unknown, not up
median … from the outage's beginning to the alarm in the database, for monitors checked every
         minute while nothing of ours failed; worst of all: any interval, any fault of ours`;

/** A line for each promise, and below a broken one where it broke. */
export function promiseLines(promises: readonly Promised[]): string[] {
  return promises.flatMap(({ promise, seen, kept, examples }) => [
    `${kept ? "kept  " : "BROKEN"}  ${promise}: ${seen}`,
    ...examples.map((example) => `          ${example}`),
  ]);
}

function worst(score: Score): number | null {
  return score.outages === 0 ? null : score.worstDelayMs;
}

/** The smallest value that at least this share of the sorted ones does not exceed. */
export function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

function seconds(ms: number | null): string {
  return ms === null ? "–" : `${(ms / 1000).toFixed(1)} s`;
}
