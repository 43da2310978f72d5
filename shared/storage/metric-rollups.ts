/**
 * What metrics came to in an hour or a day. Those that probes found are rolled up with the results
 * they stand in (`probedMetrics`), pushed ones from their points (`rollUpPushed`).
 */
import { z } from "zod";
import { type Distribution, distributionOf, mergeDistributions } from "../domain/distribution.ts";
import { day, hour, type RollupStep } from "../domain/rollup.ts";
import { decodeSketch, encodeSketch } from "../domain/sketch-text.ts";
import type { Span } from "../domain/span.ts";
import type { RollupCompanion } from "./roll-up-slice.ts";
import type { RawResult, RollupWork } from "./rollup-work.ts";
import type { MonitorRange } from "./rollups.ts";

/** A metric's values in an hour or a day. */
export interface MetricRollup {
  readonly series: number;
  /** Epoch seconds, a multiple of the step. */
  readonly start: number;
  readonly values: Distribution;
}

const rollupRows = z.array(
  z
    .object({
      series: z.int(),
      start: z.int(),
      count: z.int(),
      sum: z.number(),
      min: z.number(),
      max: z.number(),
      sketch: z.string(),
    })
    .transform(
      ({ series, start, sketch, ...values }): MetricRollup => ({
        series,
        start,
        values: { ...values, sketch: decodeSketch(sketch) },
      }),
    ),
);

export const columns = "series, start, count, sum, min, max, sketch"
  .split(", ")
  .map((column) => `metric_rollups.${column}`)
  .join(", ");

/**
 * Reads the rollups of series that start inside a window: a row each, and two for each series. In no
 * order: sorting would read every row twice.
 */
export async function readMetricRollups(
  db: D1Database,
  step: RollupStep,
  series: readonly number[],
  window: Span,
): Promise<MetricRollup[]> {
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM json_each(?1) AS wanted
       CROSS JOIN metric_rollups ON metric_rollups.step = ?2
         AND metric_rollups.series = wanted.value
         AND metric_rollups.start >= ?3 AND metric_rollups.start < ?4`,
    )
    .bind(JSON.stringify(series), step, window.from, window.to)
    .all();
  return rollupRows.parse(results);
}

/** Whose values they are; a number, where the series is known. */
type Owner = number | readonly [monitor: number, region: number, name: string];

interface Made {
  readonly owner: Owner;
  readonly values: Distribution;
}

// Of a series that is not in the table the subquery is NULL, which the table refuses.
const upsertSql = (series: string) => `
  INSERT INTO metric_rollups (step, series, start, count, sum, min, max, sketch)
  SELECT ?2, ${series}, ?3, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
  FROM json_each(?1) WHERE true
  ON CONFLICT (step, series, start) DO UPDATE SET count = excluded.count, sum = excluded.sum,
    min = excluded.min, max = excluded.max, sketch = excluded.sketch
  WHERE (metric_rollups.count, metric_rollups.sum, metric_rollups.min, metric_rollups.max,
    metric_rollups.sketch)
    IS NOT (excluded.count, excluded.sum, excluded.min, excluded.max, excluded.sketch)`;

const byNumber = upsertSql("value ->> 0");
const byOwner = upsertSql(`(
  SELECT metric_series.number FROM metric_series
  WHERE metric_series.monitor = value ->> '$[0][0]' AND metric_series.region = value ->> '$[0][1]'
    AND metric_series.name = value ->> '$[0][2]' AND metric_series.labels = '{}'
)`);

// A bound value may have 2 MB.
const rowsAtOnce = 3_000;

/** The statements that write the rollups of one hour or day; one as it was is not written. */
export function writeMetricRollups(
  db: D1Database,
  step: RollupStep,
  start: number,
  made: readonly Made[],
): D1PreparedStatement[] {
  const sql = made.every(({ owner }) => typeof owner === "number") ? byNumber : byOwner;
  return chunksOf(made).map((chunk) => {
    const rows = chunk.map(({ owner, values: { count, sum, min, max, sketch } }) => {
      return [owner, count, sum, min, max, encodeSketch(sketch)];
    });
    return db.prepare(sql).bind(JSON.stringify(rows), step, start);
  });
}

function addSeries(db: D1Database, made: readonly Made[]): D1PreparedStatement[] {
  return chunksOf(made).map((chunk) =>
    db
      .prepare(
        `INSERT INTO metric_series (monitor, region, name, labels, active)
         SELECT value ->> 0, value ->> 1, value ->> 2, '{}', 0 FROM json_each(?1) WHERE true
         ON CONFLICT (monitor, region, name, labels) DO NOTHING`,
      )
      .bind(JSON.stringify(chunk.map(({ owner }) => owner))),
  );
}

function chunksOf<T>(items: readonly T[]): T[][] {
  const chunks: T[][] = [];
  for (let from = 0; from < items.length; from += rowsAtOnce) {
    chunks.push(items.slice(from, from + rowsAtOnce));
  }
  return chunks;
}

/** Rolls up, beside results, the metrics that stand in them. */
export const probedMetrics: RollupCompanion = {
  ofHour: (db: D1Database, { start }: RollupWork, results: readonly RawResult[]) => {
    const found = results.flatMap(({ monitor, region, metrics }) =>
      Object.entries(metrics).map(([name, value]) => ({
        key: `${monitor}/${region}/${name}`,
        owner: [monitor, region, name] as const,
        value,
      })),
    );
    const made = [...Map.groupBy(found, ({ key }) => key).values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      return [{ owner: first.owner, values: distributionOf(group.map(({ value }) => value)) }];
    });
    return [...addSeries(db, made), ...writeMetricRollups(db, hour, start, made)];
  },

  ofDay: async (db: D1Database, { start }: RollupWork, { from, to }: MonitorRange) => {
    const { results } = await db
      .prepare(
        `SELECT ${columns} FROM metric_series
         CROSS JOIN metric_rollups ON metric_rollups.step = ${hour}
           AND metric_rollups.series = metric_series.number
           AND metric_rollups.start >= ?1 AND metric_rollups.start < ?2
         WHERE metric_series.monitor BETWEEN max(?3, 1) AND ?4`,
      )
      .bind(start, start + day, from, to)
      .all();
    return writeMetricRollups(db, day, start, mergeBySeries(rollupRows.parse(results)));
  },
};

/** The rollups of a day, from its hours. */
export function mergeBySeries(hours: readonly MetricRollup[]): Made[] {
  return [...Map.groupBy(hours, ({ series }) => series)].map(([owner, rows]) => ({
    owner,
    values: mergeDistributions(rows.map(({ values }) => values)),
  }));
}
