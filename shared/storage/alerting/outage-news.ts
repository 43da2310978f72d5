/** Outages that alerting has to know of. */
import { z } from "zod";
import type { OutageSpan } from "../../domain/alerting/samples.ts";
import type { Cause } from "../../domain/recording.ts";
import { causeColumn } from "../rows.ts";

/** Outages to be decided about, and up to where that is. */
export interface OutageNews {
  /** In order of their beginning. */
  readonly outages: readonly OutageSpan[];
  /** The newest version of the recording's ledger that changed one; null: nothing is new. */
  readonly seen: number | null;
}

const newsRow = z
  .object({
    monitor: z.int(),
    started_at: z.int(),
    detected_at: z.int(),
    ended_at: z.int().nullable(),
    cause: causeColumn,
    changed_in: z.int(),
    is_new: z.int(),
  })
  .transform((row) => ({
    changedIn: row.is_new === 1 ? row.changed_in : null,
    outage: {
      monitor: row.monitor,
      startedAt: row.started_at,
      detectedAt: row.detected_at,
      endedAt: row.ended_at,
      cause: row.cause,
    },
  }));

/**
 * Reads the outages that go on, and those that changed since alerting last decided: so one that
 * began and ended in between is there. It reads no others.
 */
export async function readOutageNews(db: D1Database): Promise<OutageNews> {
  const { results } = await db
    .prepare(
      `SELECT monitor, started_at, detected_at, ended_at, cause, changed_in,
         changed_in > (SELECT seen FROM alert_ledger WHERE id = 1) AS is_new
       FROM outages WHERE number IN (
         SELECT number FROM outages INDEXED BY open_outages WHERE ended_at IS NULL
         UNION SELECT number FROM outages INDEXED BY outages_by_change
           WHERE changed_in > (SELECT seen FROM alert_ledger WHERE id = 1))
       ORDER BY started_at, number`,
    )
    .all();
  const rows = z.array(newsRow).parse(results);
  const versions = rows.flatMap(({ changedIn }) => changedIn ?? []);
  return {
    outages: rows.map(({ outage }) => outage),
    seen: versions.length === 0 ? null : Math.max(...versions),
  };
}

const causeRow = z.object({ key: z.string(), cause: causeColumn });

/** Reads what was wrong in the outages that incidents came with, by the incidents' keys. */
export async function readOutageCauses(
  db: D1Database,
  incidents: readonly string[],
): Promise<ReadonlyMap<string, Cause | null>> {
  const { results } = await db
    .prepare(
      `SELECT incidents.key, outages.cause
       FROM json_each(?1) CROSS JOIN incidents ON incidents.key = value
       CROSS JOIN monitors ON monitors.id = incidents.monitor
       CROSS JOIN outages ON outages.monitor = monitors.number
         AND outages.started_at = incidents.started_at
       WHERE incidents.origin = 'outage'`,
    )
    .bind(JSON.stringify(incidents))
    .all();
  const rows = z.array(causeRow).parse(results);
  return new Map(rows.map(({ key, cause }) => [key, cause]));
}

const countRow = z.object({ monitor: z.int(), times: z.int() });

/**
 * Counts how often monitors went down since a time, epoch seconds; an outage that goes on counts.
 *
 * @returns by the monitor's number; none where it was not
 */
export async function countOutages(
  db: D1Database,
  monitors: readonly number[],
  since: number,
): Promise<ReadonlyMap<number, number>> {
  const { results } = await db
    .prepare(
      `SELECT value AS monitor, coalesce(sum(1 + reopenings), 0) AS times
       FROM json_each(?1) CROSS JOIN outages ON monitor = value AND started_at >= ?2
       GROUP BY value`,
    )
    .bind(JSON.stringify(monitors), since)
    .all();
  return new Map(
    z
      .array(countRow)
      .parse(results)
      .map(({ monitor, times }) => [monitor, times]),
  );
}
