import { toSeconds } from "../../../shared/clock.ts";
import { type CoverageSpan, frontier } from "../../../shared/domain/coverage.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import {
  decideRecording,
  type Recording,
  type RoundReport,
} from "../../../shared/domain/recording.ts";
import { describeError } from "../../../shared/log.ts";
import { commit, readMemory } from "../../../shared/storage/ledger.ts";
import {
  type RegionObjectState,
  readRegionObjects,
} from "../../../shared/storage/region-objects.ts";
import type { RowCounts } from "../../../shared/storage/rows.ts";
import type { Collected, ReportedState } from "./fan-out.ts";
import { placementChanges, reportPlacement } from "./report-placement.ts";
import type { TickSurroundings } from "./surroundings.ts";

/** What became of the results of a round. */
export type Recorded =
  | {
      readonly kind: "recorded";
      readonly recording: Recording;
      readonly newResults: number;
      readonly rows: RowCounts;
      /** Seconds before the first of its rounds in which no region reported: ticks that never came. */
      readonly gapSeconds: number;
      /** What regions' objects had to drop since they last said so, by the numbers of regions. */
      readonly dropped: readonly { readonly region: number; readonly rounds: number }[];
    }
  /** Nothing is lost: the results wait in the regions' objects for the next tick. */
  | {
      readonly kind: "not-recorded";
      readonly reason: "database-unavailable" | "overtaken";
      readonly detail: string;
    };

/** Other ticks may record in between; each attempt starts from what they left. */
const attempts = 8;

/** Steps 4 and 5: decides verdicts and status changes, and writes them with the results. */
export async function record(
  { env, clock, recollection }: TickSurroundings,
  plan: Plan,
  { reports, states }: Collected,
): Promise<Recorded> {
  const news = states.filter((state) => recollection.objects.get(keyOf(state)) !== same(state));
  try {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const remembered = recollection.memory ?? (await readMemory(env.DB));
      const recording = decideRecording(plan, remembered.memory, reports);
      const now = toSeconds(clock.now());
      // Read from the database, not remembered: each change is told once, whichever isolate sees it.
      const before = news.length === 0 ? [] : await readRegionObjects(env.DB);
      const outcome = await commit(env.DB, remembered.version, recording, now, news);
      if (outcome.kind === "committed") {
        recollection.memory = outcome.next;
        reportPlacement(placementChanges(plan, before, news));
        for (const state of news) recollection.objects.set(keyOf(state), same(state));
        const { newResults, rows } = outcome;
        const gapSeconds = gapBefore(reports, remembered.memory.coverage);
        const dropped = droppedSince(before, news);
        return { kind: "recorded", recording, newResults, rows, gapSeconds, dropped };
      }
      recollection.memory = null;
    }
  } catch (error) {
    // Whether the batch was written is not known: read anew before anything is decided again.
    recollection.memory = null;
    return { kind: "not-recorded", reason: "database-unavailable", detail: describeError(error) };
  }
  return {
    kind: "not-recorded",
    reason: "overtaken",
    detail: `other ticks were faster ${attempts} times`,
  };
}

/** An object that was made anew counts from nothing. */
function droppedSince(before: readonly RegionObjectState[], news: readonly ReportedState[]) {
  return news.flatMap(({ region, shard, droppedRounds }) => {
    const known = before.find((one) => one.region === region && one.shard === shard);
    const former = known?.droppedRounds ?? 0;
    const rounds = droppedRounds < former ? droppedRounds : droppedRounds - former;
    return rounds > 0 ? [{ region, rounds }] : [];
  });
}

function gapBefore(reports: readonly RoundReport[], coverage: readonly CoverageSpan[]): number {
  const first = reports.toSorted((a, b) => a.round.time - b.round.time)[0]?.round;
  if (first === undefined) return 0;
  const end = frontier(coverage, first.step);
  return end === 0 ? 0 : Math.max(0, first.time - end);
}

function keyOf({ region, shard }: ReportedState): string {
  return `${region}/${shard}`;
}

function same({ colo, country, droppedRounds }: ReportedState): string {
  return `${colo} ${country} ${droppedRounds}`;
}
