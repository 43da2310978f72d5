import type { Failure, Quorum, RegionId } from "./monitor.ts";
import type { Outcome } from "./result.ts";

/** What one region has to say about a check. */
export interface Report {
  readonly region: RegionId;
  readonly outcome: Outcome;
}

/** A check's consensus over its regions. */
export type Verdict =
  | { readonly verdict: "up" }
  | {
      readonly verdict: "degraded";
      /** `regional`: some regions fail, too few for down. `target`: answers, but not well enough. */
      readonly scope: "regional" | "target";
      readonly regions: readonly RegionId[];
      readonly failure: Failure;
    }
  | { readonly verdict: "down"; readonly regions: readonly RegionId[]; readonly failure: Failure }
  | { readonly verdict: "unknown" };

/**
 * The verdict of one check. A region that did not report, or reported its own fault, has no vote
 * (law 1); with no vote at all the verdict is unknown (law 7).
 */
export function decide(quorum: Quorum, reports: readonly Report[]): Verdict {
  const voting = reports.filter((report) => report.outcome.outcome !== "unknown");
  if (voting.length === 0) return { verdict: "unknown" };
  const needed = votesNeeded(quorum, voting.length);
  const down = voting.filter((report) => report.outcome.outcome === "down");
  if (down.length >= needed) {
    return { verdict: "down", regions: regionsOf(down), failure: leadingFailure(down) };
  }
  const failing = voting.filter((report) => report.outcome.outcome !== "up");
  if (failing.length >= needed && failing.length > down.length) {
    return {
      verdict: "degraded",
      scope: "target",
      regions: regionsOf(failing),
      failure: leadingFailure(failing),
    };
  }
  if (down.length > 0) {
    return {
      verdict: "degraded",
      scope: "regional",
      regions: regionsOf(down),
      failure: leadingFailure(down),
    };
  }
  return { verdict: "up" };
}

/**
 * How many failing regions make a check down. A strict majority, so that no tie has two winners;
 * `atLeast` never asks for more regions than report, or a region of ours could hide an outage.
 */
export function votesNeeded(quorum: Quorum, voting: number): number {
  switch (quorum.kind) {
    case "any":
      return 1;
    case "all":
      return voting;
    case "atLeast":
      return Math.min(quorum.regions, voting);
    case "majority":
      return Math.floor(voting / 2) + 1;
  }
}

function regionsOf(reports: readonly Report[]): RegionId[] {
  return reports.map((report) => report.region);
}

/** The failure that most regions give, the first of them in the case of a tie. */
function leadingFailure(failing: readonly Report[]): Failure {
  const tally = new Map<string, { failure: Failure; votes: number }>();
  for (const { outcome } of failing) {
    if (outcome.outcome !== "down" && outcome.outcome !== "degraded") continue;
    const entry = tally.get(outcome.reason);
    if (entry) entry.votes += 1;
    else {
      const failure = { reason: outcome.reason, detail: outcome.detail };
      tally.set(outcome.reason, { failure, votes: 1 });
    }
  }
  let leading: { failure: Failure; votes: number } | null = null;
  for (const entry of tally.values()) {
    if (leading === null || entry.votes > leading.votes) leading = entry;
  }
  if (leading === null) throw new RangeError("leadingFailure needs a failing report");
  return leading.failure;
}
