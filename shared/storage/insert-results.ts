import type { RecordedResult } from "../domain/recording.ts";
import { encodeOutcome, encodeReason } from "./codes.ts";

const insertSql = `
  INSERT INTO results (time, monitor, region, outcome, attempts, latency_ms, reason, detail,
    metrics)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
    value ->> 6, value ->> 7, value ->> 8
  FROM json_each(?1) WHERE true
  ON CONFLICT DO NOTHING`;

// A bound value may have 2 MB, and a character up to three bytes: one statement for any single round
// of healthy results, several where many failed, or after a long time without the database.
const largestValue = 600_000;

/** The statements that insert results; one that is there already changes nothing. */
export function insertResults(
  db: D1Database,
  results: readonly RecordedResult[],
): D1PreparedStatement[] {
  return chunksOf(results.map((result) => JSON.stringify(rowOf(result)))).map((rows) =>
    db.prepare(insertSql).bind(`[${rows.join(",")}]`),
  );
}

function chunksOf(rows: readonly string[]): string[][] {
  const chunks: string[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    length += row.length + 1;
    if (length > largestValue) {
      chunks.push([]);
      length = row.length;
    }
    chunks.at(-1)?.push(row);
  }
  return chunks;
}

/** Short where nothing is to tell: what is left out is NULL. */
function rowOf(result: RecordedResult): unknown[] {
  const { time, monitor, region, outcome, attempts, latencyMs, metrics = {} } = result;
  const row = [time, monitor, region, encodeOutcome(outcome.outcome), attempts, latencyMs];
  const failure =
    outcome.outcome === "up" ? [null, null] : [encodeReason(outcome.reason), outcome.detail];
  if (Object.keys(metrics).length > 0) return [...row, ...failure, metrics];
  return outcome.outcome === "up" ? row : [...row, ...failure];
}
