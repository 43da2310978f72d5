/** Recordings of monitor 1 from letters: see `reportOf`. */
import type { Monitor } from "../monitor.ts";
import { decideRecording, type Recording, type RoundReport } from "../recording.ts";
import { emptyMemory, monitorOf, planOf, reportOf, roundAt } from "./fixtures.ts";

/** Rounds in order, a word of letters each. */
export function script(...rounds: string[]): RoundReport[] {
  return rounds.map((letters, index) => reportOf(roundAt(index), letters));
}

/** What comes of rounds where nothing was known before. */
export function record(reports: readonly RoundReport[], changes: Partial<Monitor> = {}): Recording {
  return decideRecording(planOf([monitorOf(changes)]), emptyMemory, reports);
}
