import { toSeconds } from "../../../shared/clock.ts";
import { sampleAt, summarise } from "../../../shared/domain/health-history.ts";
import { placesOf } from "../../../shared/domain/inbound.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import { day } from "../../../shared/domain/rollup.ts";
import type { LogValue } from "../../../shared/log.ts";
import { readHealthScore } from "../../../shared/measure/health-score.ts";
import {
  deleteOldHealthScores,
  keepHealthDay,
  keepHealthScore,
  readHealthScores,
  readUnsummedHealthDay,
} from "../../../shared/storage/health-history.ts";
import { readMemory } from "../../../shared/storage/ledger.ts";
import type { TickSurroundings } from "./surroundings.ts";

/** Single scores are kept so long; the days that they came to stay. */
const keptSeconds = 90 * day;

/** More than come in during the same time. */
const mostDeleted = 10;

/**
 * Keeps the health score of the present five minutes, unless an earlier tick did, and sums up a day
 * that is over. Reads the statuses that recording remembers: it comes after it.
 */
export async function healthHistoryStep(
  { env, clock, recollection }: TickSurroundings,
  plan: Plan,
  minute: number,
): Promise<LogValue> {
  if (plan.monitors.length === 0) return null;
  const at = sampleAt(minute);
  const [kept] = await readHealthScores(env.DB, { from: at, to: at + 1 });
  if (kept !== undefined) return null;
  const { memory } = recollection.memory ?? (await readMemory(env.DB));
  const known = {
    now: toSeconds(clock.now()),
    regions: new Map(placesOf(plan).map((place) => [place.id, place])),
    statuses: memory.statuses,
    lastSpans: memory.coverage,
  };
  const { score, level, parts } = await readHealthScore(env.DB, plan, known);
  const scores = parts.flatMap((part) =>
    part.score === null ? [] : [[part.category, part.score] as const],
  );
  await keepHealthScore(env.DB, { at, score, parts: Object.fromEntries(scores) });
  const summed = await sumUpDay(env.DB, at);
  await deleteOldHealthScores(env.DB, at - keptSeconds, mostDeleted);
  return { score, level, ...(summed !== null && { summedUp: summed }) };
}

async function sumUpDay(db: D1Database, now: number): Promise<string | null> {
  const start = await readUnsummedHealthDay(db, now);
  if (start === null) return null;
  const samples = await readHealthScores(db, { from: start, to: start + day });
  await keepHealthDay(db, { start, summary: summarise(samples) });
  return new Date(start * 1000).toISOString().slice(0, 10);
}
