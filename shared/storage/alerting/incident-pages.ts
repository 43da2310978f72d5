/** Incidents that people handle: a page at a time, one by its number, and what is part of it. */
import { z } from "zod";
import { reviewSchema } from "../../contract/alerting/review.ts";
import type { Incident } from "../../domain/alerting/incident.ts";
import type { Review } from "../../domain/alerting/review.ts";
import { jsonTextOrNull } from "../json-column.ts";
import { incidentColumns, incidentFields, incidentOfRow } from "./incident-row.ts";

/** An incident with what people say of it. Epoch seconds. */
export interface HandledIncident extends Incident {
  readonly number: number;
  readonly assignee: string | null;
  readonly falseAlarm: { readonly at: number; readonly by: string } | null;
  readonly review: Review | null;
  readonly labels: Readonly<Record<string, string>>;
}

const rowSchema = z
  .object({
    number: z.int(),
    ...incidentFields,
    assignee: z.string().nullable(),
    false_alarm_at: z.int().nullable(),
    false_alarm_by: z.string().nullable(),
    review: jsonTextOrNull(reviewSchema),
    labels: jsonTextOrNull(z.record(z.string(), z.string())),
  })
  .transform(
    (row): HandledIncident => ({
      ...incidentOfRow(row),
      number: row.number,
      assignee: row.assignee,
      falseAlarm:
        row.false_alarm_at === null
          ? null
          : { at: row.false_alarm_at, by: row.false_alarm_by ?? "" },
      review: row.review,
      labels: row.labels ?? {},
    }),
  );

const columns = `number, ${incidentColumns}, assignee, false_alarm_at, false_alarm_by, review, labels`;

/** Which incidents, and from where on. */
export interface HandledFilter {
  readonly state: "open" | "closed" | "all";
  /** Only numbers below it; null for the newest. */
  readonly before: number | null;
}

// The open ones by their own index: few lie open, and the key would lead through all of history.
const access: Readonly<Record<HandledFilter["state"], { index: string; condition: string }>> = {
  open: { index: "INDEXED BY open_incidents", condition: "AND ended_at IS NULL" },
  closed: { index: "INDEXED BY closed_root_incidents", condition: "AND ended_at IS NOT NULL" },
  all: { index: "INDEXED BY root_incidents", condition: "" },
};

/** Reads incidents that are merged into no other, the newest first, at most `limit`. */
export async function readHandledPage(
  db: D1Database,
  { state, before }: HandledFilter,
  limit: number,
): Promise<HandledIncident[]> {
  const { index, condition } = access[state];
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM incidents ${index}
       WHERE number < ?1 AND merged_into IS NULL ${condition} ORDER BY number DESC LIMIT ?2`,
    )
    .bind(before ?? Number.MAX_SAFE_INTEGER, limit)
    .all();
  return z.array(rowSchema).parse(results);
}

/** Reads one incident; null where there is none of the number. */
export async function readHandled(db: D1Database, number: number): Promise<HandledIncident | null> {
  const row = await db
    .prepare(`SELECT ${columns} FROM incidents WHERE number = ?1`)
    .bind(number)
    .first();
  return row === null ? null : rowSchema.parse(row);
}

/** Reads incidents by their keys, in order of their numbers. */
export async function readHandledByKey(
  db: D1Database,
  keys: readonly string[],
): Promise<HandledIncident[]> {
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM incidents WHERE key IN (SELECT value FROM json_each(?1))
       ORDER BY number`,
    )
    .bind(JSON.stringify(keys))
    .all();
  return z.array(rowSchema).parse(results);
}

/** Reads what is merged into some incidents, in order of their numbers, at most `limit`. */
export async function readMerged(
  db: D1Database,
  keys: readonly string[],
  limit: number,
): Promise<HandledIncident[]> {
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM incidents INDEXED BY merged_incidents
       WHERE merged_into IN (SELECT value FROM json_each(?1)) ORDER BY number LIMIT ?2`,
    )
    .bind(JSON.stringify(keys), limit)
    .all();
  return z.array(rowSchema).parse(results);
}
