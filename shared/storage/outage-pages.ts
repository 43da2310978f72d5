/** Outages a page at a time, with the ids of their monitors, also of those no longer watched. */
import { z } from "zod";
import type { Cause } from "../domain/recording.ts";
import { causeColumn } from "./rows.ts";

/** An outage. Times in epoch seconds. */
export interface ListedOutage {
  readonly number: number;
  readonly monitorId: string;
  readonly startedAt: number;
  readonly detectedAt: number;
  readonly endedAt: number | null;
  readonly cause: Cause | null;
  /** How often it was taken up again. */
  readonly reopenings: number;
}

/** Which outages, and from where on. */
export interface OutageFilter {
  readonly state: "open" | "closed" | "all";
  /** Only numbers below it, for paging; null for the newest. */
  readonly before: number | null;
}

const rowSchema = z
  .object({
    number: z.int(),
    monitor_id: z.string(),
    started_at: z.int(),
    detected_at: z.int(),
    ended_at: z.int().nullable(),
    cause: causeColumn,
    reopenings: z.int(),
  })
  .transform(
    (row): ListedOutage => ({
      number: row.number,
      monitorId: row.monitor_id,
      startedAt: row.started_at,
      detectedAt: row.detected_at,
      endedAt: row.ended_at,
      cause: row.cause,
      reopenings: row.reopenings,
    }),
  );

// The open ones by their own index: few lie open, and the key would lead through all of history.
const access: Readonly<Record<OutageFilter["state"], { index: string; condition: string }>> = {
  open: { index: "INDEXED BY open_outages", condition: "AND ended_at IS NULL" },
  closed: { index: "", condition: "AND ended_at IS NOT NULL" },
  all: { index: "", condition: "" },
};

/**
 * Reads outages, newest first.
 *
 * @param limit at most so many
 */
export async function readOutagePage(
  db: D1Database,
  { state, before }: OutageFilter,
  limit: number,
): Promise<ListedOutage[]> {
  const { index, condition } = access[state];
  const { results } = await db
    .prepare(
      `SELECT outages.number, monitors.id AS monitor_id, started_at, detected_at, ended_at, cause,
         reopenings
       FROM outages ${index} CROSS JOIN monitors ON monitors.number = outages.monitor
       WHERE outages.number < ?1 ${condition}
       ORDER BY outages.number DESC LIMIT ?2`,
    )
    .bind(before ?? Number.MAX_SAFE_INTEGER, limit)
    .all();
  return z.array(rowSchema).parse(results);
}
