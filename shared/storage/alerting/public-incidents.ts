/**
 * Incidents that everybody may know of: outages, unless somebody called them a false alarm, and
 * whatever else people published an update about.
 */
import { z } from "zod";
import type { Span } from "../../domain/span.ts";
import type { HandledIncident } from "./incident-pages.ts";

/** An incident without what operators keep to themselves. Epoch seconds. */
export type PublicIncidentRow = Pick<
  HandledIncident,
  "number" | "key" | "monitor" | "title" | "severity" | "startedAt" | "endedAt"
>;

/** What everybody may read of an incident. Epoch seconds. */
export interface PublicUpdate {
  /** Key of the incident. */
  readonly incident: string;
  readonly at: number;
  readonly text: string;
}

const rowSchema = z
  .object({
    number: z.int(),
    key: z.string(),
    monitor: z.string().nullable(),
    title: z.string(),
    severity: z.enum(["warning", "critical"]),
    started_at: z.int(),
    ended_at: z.int().nullable(),
  })
  .transform(
    ({ started_at, ended_at, ...row }): PublicIncidentRow => ({
      ...row,
      startedAt: started_at,
      endedAt: ended_at,
    }),
  );

const columns = "number, key, monitor, title, severity, started_at, ended_at";

const isPublic = `merged_into IS NULL AND (
  (origin = 'outage' AND false_alarm_at IS NULL) OR EXISTS (
    SELECT 1 FROM incident_events AS told INDEXED BY public_events
    WHERE told.incident = incidents.key AND told.public = 1
  ))`;

/** Reads those that are open, the newest first, at most `limit`. */
export async function readOpenPublicIncidents(
  db: D1Database,
  limit: number,
): Promise<PublicIncidentRow[]> {
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM incidents INDEXED BY open_incidents
       WHERE ended_at IS NULL AND ${isPublic} ORDER BY started_at DESC, number DESC LIMIT ?1`,
    )
    .bind(limit)
    .all();
  return z.array(rowSchema).parse(results);
}

/**
 * Reads those that began in a stretch of time, the newest first, at most `limit`.
 *
 * @param state `closed` for those alone that are over
 */
export async function readPublicIncidents(
  db: D1Database,
  began: Span,
  state: "closed" | "all",
  limit: number,
): Promise<PublicIncidentRow[]> {
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM incidents INDEXED BY incidents_by_start
       WHERE started_at >= ?1 AND started_at < ?2 AND ${isPublic}
         ${state === "closed" ? "AND ended_at IS NOT NULL" : ""}
       ORDER BY started_at DESC LIMIT ?3`,
    )
    .bind(began.from, began.to, limit)
    .all();
  return z.array(rowSchema).parse(results);
}

/** Reads some incidents by their keys, as far as everybody may know of them. */
export async function readPublicIncidentsByKey(
  db: D1Database,
  keys: readonly string[],
): Promise<PublicIncidentRow[]> {
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM incidents
       WHERE key IN (SELECT value FROM json_each(?1)) AND ${isPublic} ORDER BY number`,
    )
    .bind(JSON.stringify(keys))
    .all();
  return z.array(rowSchema).parse(results);
}

/** Reads the public updates of incidents by their keys, in order of time, at most `limit`. */
export async function readPublicUpdates(
  db: D1Database,
  keys: readonly string[],
  limit: number,
): Promise<PublicUpdate[]> {
  const { results } = await db
    .prepare(
      `SELECT incident, at, text FROM incident_events INDEXED BY public_events
       WHERE incident IN (SELECT value FROM json_each(?1)) AND public = 1
       ORDER BY at, number LIMIT ?2`,
    )
    .bind(JSON.stringify(keys), limit)
    .all();
  return z.array(z.object({ incident: z.string(), at: z.int(), text: z.string() })).parse(results);
}
