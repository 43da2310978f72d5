/** A trace as people read it, so that a counterexample tells what matters. */
import type { Monitor } from "../monitor.ts";
import type { RegionReport, RoundReport } from "../recording.ts";
import { regions, start } from "./fixtures.ts";
import type { Trace } from "./traces.ts";

/** A line for each monitor, and one for each round in which not all was up everywhere. */
export function describeTrace({ plan, reports }: Trace): string {
  const rounds = reports.filter((report) => !isAllUp(report)).map(describeRound);
  return ["", ...plan.monitors.map(describeMonitor), ...rounds, ""].join("\n");
}

function describeMonitor({ number, schedule, verdict, regions: from }: Monitor): string {
  const { quorum, failuresToOpen, successesToClose } = verdict;
  const needed = quorum.kind === "atLeast" ? `${quorum.regions} regions` : quorum.kind;
  const thresholds = `opens after ${failuresToOpen}, closes after ${successesToClose}`;
  return `monitor ${number} every ${schedule.intervalSeconds} s from ${from.length} regions: ${needed}, ${thresholds}`;
}

function describeRound({ round, regions: reported }: RoundReport): string {
  const seen = regions.map((region) => {
    const report = reported.find((one) => one.region === region.number);
    return `${region.id} ${report === undefined ? "silent" : describeReport(report)}`;
  });
  return `  +${round.time - start} s, step ${round.step}: ${seen.join(", ")}`;
}

function describeReport({ results }: RegionReport): string {
  if (results.length === 0) return "nothing";
  return results.map(({ monitor, outcome }) => `${monitor} ${outcome.outcome}`).join(" ");
}

function isAllUp({ regions: reported }: RoundReport): boolean {
  return (
    reported.length === regions.length &&
    reported.every(({ results }) => results.every(({ outcome }) => outcome.outcome === "up"))
  );
}
