/** The outages that incidents came with. */
import { z } from "zod";

/** A monitor's outage as part of an incident. Epoch seconds. */
export interface MemberOutage {
  /** Key and number of the incident that it came with. */
  readonly incident: string;
  readonly number: number;
  readonly monitor: string;
  readonly startedAt: number;
  readonly detectedAt: number;
  readonly endedAt: number | null;
}

const rowSchema = z
  .object({
    key: z.string(),
    number: z.int(),
    monitor: z.string(),
    started_at: z.int(),
    detected_at: z.int(),
    ended_at: z.int().nullable(),
  })
  .transform(
    (row): MemberOutage => ({
      incident: row.key,
      number: row.number,
      monitor: row.monitor,
      startedAt: row.started_at,
      detectedAt: row.detected_at,
      endedAt: row.ended_at,
    }),
  );

/** Reads the outages of incidents by their keys, in order of their beginning. */
export async function readMemberOutages(
  db: D1Database,
  keys: readonly string[],
): Promise<MemberOutage[]> {
  const { results } = await db
    .prepare(
      `SELECT incidents.key, incidents.number, incidents.monitor, outages.started_at,
         outages.detected_at, outages.ended_at
       FROM incidents
       CROSS JOIN monitors ON monitors.id = incidents.monitor
       CROSS JOIN outages ON outages.monitor = monitors.number
         AND outages.started_at = incidents.started_at
       WHERE incidents.key IN (SELECT value FROM json_each(?1)) AND incidents.origin = 'outage'
       ORDER BY outages.started_at, incidents.number`,
    )
    .bind(JSON.stringify(keys))
    .all();
  return z.array(rowSchema).parse(results);
}
