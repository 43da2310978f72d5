/** Maintenance windows and exclusions: a row each, found by number or by when they end. */
import { z } from "zod";
import {
  boundsOf,
  type MaintenanceVersion,
  type MaintenanceWindow,
  maintenanceKinds,
} from "../domain/maintenance.ts";
import type { Span } from "../domain/span.ts";
import { jsonText } from "./json-column.ts";

/** A window and the revision of its row, by which a change is compared and swapped. */
export interface StoredWindow {
  readonly window: MaintenanceWindow;
  readonly revision: number;
}

const versionSchema = z.object({
  from: z.int(),
  until: z.int().nullable(),
  selector: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("all") }),
    z.object({ kind: z.literal("monitors"), ids: z.array(z.string()) }),
    z.object({ kind: z.literal("groups"), names: z.array(z.string()) }),
    z.object({ kind: z.literal("tags"), tags: z.array(z.string()) }),
  ]),
  timing: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("once"), from: z.int(), to: z.int() }),
    z.object({
      kind: z.literal("recurring"),
      expression: z.string(),
      timeZone: z.string(),
      durationSeconds: z.int().positive(),
    }),
  ]),
}) satisfies z.ZodType<MaintenanceVersion>;

const rowSchema = z
  .object({
    number: z.int(),
    revision: z.int(),
    kind: z.enum(maintenanceKinds),
    name: z.string(),
    reason: z.string().nullable(),
    versions: jsonText(z.array(versionSchema)),
    created_at: z.int(),
    created_by: z.string(),
    cancelled_at: z.int().nullable(),
    withdrawn_at: z.int().nullable(),
  })
  .transform(
    ({ revision, created_at, created_by, cancelled_at, withdrawn_at, ...row }): StoredWindow => ({
      revision,
      window: {
        ...row,
        createdAt: created_at,
        createdBy: created_by,
        cancelledAt: cancelled_at,
        withdrawnAt: withdrawn_at,
      },
    }),
  );

const columns =
  "number, revision, kind, name, reason, versions, created_at, created_by, cancelled_at, withdrawn_at";

/**
 * Reads the windows that may plan something inside a stretch of time: as many rows as end after its
 * beginning.
 */
export async function readMaintenance(db: D1Database, within: Span): Promise<MaintenanceWindow[]> {
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM maintenance INDEXED BY maintenance_by_end
       WHERE ends_at > ?1 AND begins_at < ?2 ORDER BY number`,
    )
    .bind(within.from, within.to)
    .all();
  return z
    .array(rowSchema)
    .parse(results)
    .map(({ window }) => window);
}

/** Reads the windows that were cancelled or withdrawn since a time, epoch seconds. */
export async function readCalledOffMaintenance(
  db: D1Database,
  since: number,
): Promise<MaintenanceWindow[]> {
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM maintenance INDEXED BY called_off_maintenance
       WHERE coalesce(withdrawn_at, cancelled_at) >= ?1 ORDER BY number`,
    )
    .bind(since)
    .all();
  return z
    .array(rowSchema)
    .parse(results)
    .map(({ window }) => window);
}

/** Reads one window; null where there is none. */
export async function readMaintenanceWindow(
  db: D1Database,
  number: number,
): Promise<StoredWindow | null> {
  const row = await db
    .prepare(`SELECT ${columns} FROM maintenance WHERE number = ?1`)
    .bind(number)
    .first();
  return row === null ? null : rowSchema.parse(row);
}

/**
 * Reads windows whatever their time, the newest first.
 *
 * @param before only numbers below it, for paging; null for the newest
 * @param limit at most so many
 */
export async function readMaintenancePage(
  db: D1Database,
  before: number | null,
  limit: number,
): Promise<MaintenanceWindow[]> {
  const { results } = await db
    .prepare(`SELECT ${columns} FROM maintenance WHERE number < ?1 ORDER BY number DESC LIMIT ?2`)
    .bind(before ?? Number.MAX_SAFE_INTEGER, limit)
    .all();
  return z
    .array(rowSchema)
    .parse(results)
    .map(({ window }) => window);
}

/** Adds a window and gives it a number. */
export async function insertMaintenance(
  db: D1Database,
  window: Omit<MaintenanceWindow, "number">,
): Promise<StoredWindow> {
  const { from, to } = boundsOf({ ...window, number: 0 });
  const row = await db
    .prepare(
      `INSERT INTO maintenance (revision, kind, name, reason, versions, begins_at, ends_at,
         created_at, created_by, cancelled_at, withdrawn_at)
       VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) RETURNING ${columns}`,
    )
    .bind(
      window.kind,
      window.name,
      window.reason,
      JSON.stringify(window.versions),
      from,
      to,
      window.createdAt,
      window.createdBy,
      window.cancelledAt,
      window.withdrawnAt,
    )
    .first();
  return rowSchema.parse(row);
}

/**
 * Replaces what a window says.
 *
 * @param revision that the change was made on
 * @returns false where somebody else changed it in between; nothing is written then
 */
export async function updateMaintenance(
  db: D1Database,
  window: MaintenanceWindow,
  revision: number,
): Promise<boolean> {
  const { from, to } = boundsOf(window);
  const { meta } = await db
    .prepare(
      `UPDATE maintenance SET revision = revision + 1, name = ?3, reason = ?4, versions = ?5,
         begins_at = ?6, ends_at = ?7, cancelled_at = ?8, withdrawn_at = ?9
       WHERE number = ?1 AND revision = ?2 RETURNING number`,
    )
    .bind(
      window.number,
      revision,
      window.name,
      window.reason,
      JSON.stringify(window.versions),
      from,
      to,
      window.cancelledAt,
      window.withdrawnAt,
    )
    .run();
  return meta.changes > 0;
}
