import { z } from "zod";
import type { CoverageSpan } from "../domain/coverage.ts";
import { fastStep, minuteStep } from "../domain/schedule.ts";
import { coverageRowSchema } from "./rows.ts";

/** One seek per region and step: the key's last entry, whatever the history. */
export const lastSpansSql = `
  SELECT coverage.region, coverage.step, coverage.from_time, coverage.to_time
  FROM regions CROSS JOIN (SELECT ${minuteStep} AS step UNION ALL SELECT ${fastStep}) AS steps
  CROSS JOIN coverage ON coverage.region = regions.number AND coverage.step = steps.step
    AND coverage.from_time = (
      SELECT max(last.from_time) FROM coverage AS last
      WHERE last.region = regions.number AND last.step = steps.step
    )`;

/**
 * Reads the last coverage span of each region and step: from them follows up to when we know.
 */
export async function readLastSpans(db: D1Database): Promise<CoverageSpan[]> {
  const { results } = await db.prepare(lastSpansSql).all();
  return z.array(coverageRowSchema).parse(results);
}
