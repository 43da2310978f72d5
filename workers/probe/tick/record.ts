import { toSeconds } from "../../../shared/clock.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import {
  decideRecording,
  type Recording,
  type RoundReport,
} from "../../../shared/domain/recording.ts";
import { describeError } from "../../../shared/log.ts";
import { commit, readMemory } from "../../../shared/storage/ledger.ts";
import type { RowCounts } from "../../../shared/storage/rows.ts";
import type { TickSurroundings } from "./surroundings.ts";

/** What became of the results of a round. */
export type Recorded =
  | {
      readonly kind: "recorded";
      readonly recording: Recording;
      readonly newResults: number;
      readonly rows: RowCounts;
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
  reports: readonly RoundReport[],
): Promise<Recorded> {
  try {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const remembered = recollection.memory ?? (await readMemory(env.DB));
      const recording = decideRecording(plan, remembered.memory, reports);
      const now = toSeconds(clock.now());
      const outcome = await commit(env.DB, remembered.version, recording, now);
      if (outcome.kind === "committed") {
        recollection.memory = outcome.next;
        const { newResults, rows } = outcome;
        return { kind: "recorded", recording, newResults, rows };
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
