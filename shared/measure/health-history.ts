/** The health score over time. */
import type { HealthHistory } from "../contract/api/health-score.ts";
import { freshness } from "../domain/freshness.ts";
import {
  type HealthSummary,
  meanOf,
  mergeSummaries,
  sampleSeconds,
  summarise,
} from "../domain/health-history.ts";
import { day, rollupStart } from "../domain/rollup.ts";
import type { Span } from "../domain/span.ts";
import { instant, instantOrNull } from "../instant.ts";
import { readHealthDays, readHealthScores } from "../storage/health-history.ts";
import { readLastSpans } from "../storage/last-spans.ts";
import { roundedDown } from "./health-score.ts";

/** Windows up to this are answered by single scores, seconds. */
const longestSampled = 3 * day;

/** What the scores of some time came to. */
interface Point {
  readonly start: number;
  readonly seconds: number;
  readonly summary: HealthSummary;
}

/**
 * Reads the health score over the seconds up to now: every five minutes, or by day (UTC) where the
 * window is longer than three days; then it begins with the first day that it touches.
 *
 * @param now epoch seconds
 * @throws where the database fails
 */
export async function readHealthHistory(
  db: D1Database,
  seconds: number,
  now: number,
): Promise<HealthHistory> {
  const isSampled = seconds <= longestSampled;
  const from = isSampled ? now - seconds : rollupStart(day, now - seconds);
  const window = { from, to: now + 1 };
  const [points, lastSpans] = await Promise.all([
    isSampled ? readSamples(db, window) : readDays(db, window),
    readLastSpans(db),
  ]);
  const { asOf, stale } = freshness(now, lastSpans);
  const all = mergeSummaries(points.map(({ summary }) => summary));
  const known = all.known.count;
  const expected = Math.ceil((window.to - window.from) / sampleSeconds);
  return {
    window: { from: instant(from), to: instant(now) },
    asOf: instantOrNull(asOf),
    stale,
    resolution: isSampled ? "5m" : "day",
    average: shown(meanOf(all.known)),
    min: shown(all.min),
    max: shown(all.max),
    samples: { known, unknown: all.unknown, missing: Math.max(0, expected - known - all.unknown) },
    points: points.map(({ start, seconds: length, summary }) => ({
      start: instant(start),
      seconds: length,
      score: shown(meanOf(summary.known)),
      min: shown(summary.min),
      max: shown(summary.max),
      parts: partsOf(summary),
    })),
  };
}

async function readSamples(db: D1Database, window: Span): Promise<Point[]> {
  const samples = await readHealthScores(db, window);
  return samples.map((sample) => {
    return { start: sample.at, seconds: sampleSeconds, summary: summarise([sample]) };
  });
}

/** Days, and the scores after the last that was summed up. */
async function readDays(db: D1Database, window: Span): Promise<Point[]> {
  const days = await readHealthDays(db, window);
  const summed = days.at(-1);
  const rest = summed === undefined ? window.from : summed.start + day;
  const samples = await readHealthScores(db, {
    // A day is summed up minutes after its end: what is older than two days had its chance.
    from: Math.max(rest, rollupStart(day, window.to - 1) - day),
    to: window.to,
  });
  const unsummed = Map.groupBy(samples, ({ at }) => rollupStart(day, at));
  return [
    ...days.map(({ start, summary }) => ({ start, seconds: day, summary })),
    ...[...unsummed].map(([start, some]) => ({
      start,
      seconds: Math.min(day, window.to - 1 - start),
      summary: summarise(some),
    })),
  ];
}

function shown(score: number | null): number | null {
  return score === null ? null : roundedDown(score);
}

function partsOf({ parts }: HealthSummary): HealthHistory["points"][number]["parts"] {
  return Object.fromEntries(
    Object.entries(parts).map(([category, sum]) => [category, shown(meanOf(sum)) ?? 0]),
  );
}
