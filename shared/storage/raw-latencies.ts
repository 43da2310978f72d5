/** Results as figures are computed of them: few columns, a row of the answer for each time. */
import { z } from "zod";
import type { RolledResult } from "../domain/rollup.ts";
import type { Span } from "../domain/span.ts";
import { decodeOutcome } from "./codes.ts";
import type { MonitorRange } from "./rollups.ts";

/** A result, and what it is of. */
export interface TimedResult extends RolledResult {
  /** Epoch seconds. */
  readonly time: number;
  /** The monitor's number. */
  readonly monitor: number;
  /** The region's number. */
  readonly region: number;
}

// A seek for each distinct time, whatever the schedules were. The results of a time come as one
// text: tens of thousands of rows would cost more than reading them.
const rawSql = `
  WITH RECURSIVE times (time) AS (
    SELECT (SELECT min(time) FROM results WHERE time >= ?1)
    UNION ALL
    SELECT (SELECT min(results.time) FROM results WHERE results.time > times.time)
    FROM times WHERE times.time < ?2
  )
  SELECT times.time AS time, (
    SELECT group_concat(
      results.monitor || ',' || results.region || ',' || results.outcome || ',' ||
        results.attempts || ',' || coalesce(results.latency_ms, ''), ';')
    FROM results WHERE results.time = times.time AND results.monitor BETWEEN ?3 AND ?4
  ) AS seen
  FROM times WHERE times.time < ?2`;

const rawRows = z.array(z.object({ time: z.int(), seen: z.string().nullable() }));

/**
 * Reads the results of a range of monitors in a window: a row each, and a few for each distinct
 * time.
 *
 * @param window epoch seconds
 */
export async function readTimedResults(
  db: D1Database,
  window: Span,
  { from, to }: MonitorRange,
): Promise<TimedResult[]> {
  const { results } = await db.prepare(rawSql).bind(window.from, window.to, from, to).all();
  return rawRows
    .parse(results)
    .flatMap(({ time, seen }) => (seen === null ? [] : parseSeen(time, seen)));
}

function parseSeen(time: number, seen: string): TimedResult[] {
  return seen.split(";").map((text) => {
    const [monitor, region, outcome, attempts, latency] = text.split(",");
    return {
      time,
      monitor: Number(monitor),
      region: Number(region),
      outcome: decodeOutcome(Number(outcome)),
      attempts: Number(attempts),
      latencyMs: latency === "" ? null : Number(latency),
    };
  });
}
