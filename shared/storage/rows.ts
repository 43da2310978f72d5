/** How rows of the database are read: parsed, never believed. */
import { z } from "zod";
import type { CoverageSpan } from "../domain/coverage.ts";
import { failureReasons } from "../domain/reason.ts";
import { fastStep, minuteStep } from "../domain/schedule.ts";
import { statuses } from "../domain/status.ts";
import { jsonTextOrNull } from "./json-column.ts";

export const statusSchema = z.enum(statuses);
export const knownStatusSchema = z.enum(["up", "degraded", "down"]);

export const causeColumn = jsonTextOrNull(
  z.object({
    reason: z.enum(failureReasons),
    detail: z.string(),
    regions: z.array(z.string()),
    regional: z.boolean(),
  }),
);

export const outageColumn = jsonTextOrNull(
  z.object({
    startedAt: z.int(),
    endedAt: z.int().nullable(),
    reopenings: z.int().nonnegative(),
  }),
);

/** Null where there is none: most of the time. */
export const streaksColumn = jsonTextOrNull(
  z.array(
    z.object({ to: knownStatusSchema, count: z.int().positive(), since: z.int().nullable() }),
  ),
).transform((streaks) => streaks ?? []);

/** No metrics are NULL in the database. */
export const metricsColumn = jsonTextOrNull(z.record(z.string(), z.number())).transform(
  (metrics) => metrics ?? {},
);

/** A row of `results`, with its codes as they are kept. */
export const resultColumns = z.object({
  time: z.int(),
  monitor: z.int(),
  region: z.int(),
  outcome: z.int(),
  attempts: z.int(),
  latency_ms: z.int().nullable(),
  reason: z.int().nullable(),
  detail: z.string().nullable(),
  metrics: metricsColumn,
});

export const coverageRowSchema = z
  .object({
    region: z.int(),
    step: z.union([z.literal(minuteStep), z.literal(fastStep)]),
    from_time: z.int(),
    to_time: z.int(),
  })
  .transform(
    (row): CoverageSpan => ({
      region: row.region,
      step: row.step,
      from: row.from_time,
      to: row.to_time,
    }),
  );

/** Rows read and written by a statement or a batch, as D1 counts (and bills) them. */
export interface RowCounts {
  readonly read: number;
  readonly written: number;
}

/** Sums what D1 counted over the results of a batch. */
export function countRows(results: readonly D1Result[]): RowCounts {
  return results.reduce<RowCounts>(
    (sum, { meta }) => ({
      read: sum.read + meta.rows_read,
      written: sum.written + meta.rows_written,
    }),
    { read: 0, written: 0 },
  );
}
