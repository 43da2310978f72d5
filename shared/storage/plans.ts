/** Plans: every applied configuration, a revision each, and the numbers behind the ids. */
import { z } from "zod";
import { compile, type PlanDocument } from "../config/compile.ts";
import { type Change, diff } from "../config/diff.ts";
import type { Config } from "../config/schema.ts";
import { planDocumentSchema } from "../contract/plan.ts";
import { inbound, type Place, placesOf } from "../domain/inbound.ts";
import type { Plan } from "../domain/plan.ts";
import { overall } from "../domain/recording.ts";
import { placeNumber, vantagePlaces } from "../domain/vantage-point.ts";
import { addAuditEntry } from "./audit.ts";

/** Before anything was applied. */
export const noPlan: Plan = { revision: 0, regions: [], monitors: [], shards: 1, controls: [] };

const planRowSchema = z.object({ revision: z.int(), document: z.string() }).transform(
  ({ revision, document }): Plan => ({
    ...planDocumentSchema.parse(JSON.parse(document)),
    revision,
  }),
);

/** Reads the plan in force; the empty plan, revision 0, where none was ever applied. */
export async function readPlan(db: D1Database): Promise<Plan> {
  const row = await db
    .prepare(
      `SELECT revision, document FROM plans
       WHERE revision = (SELECT plan_revision FROM ledger WHERE id = 1)`,
    )
    .first();
  return row === null ? noPlan : planRowSchema.parse(row);
}

/** A configuration compiled against the database, and what applying it would change. */
export interface Proposal {
  readonly before: Plan;
  readonly after: PlanDocument;
  readonly changes: readonly Change[];
  readonly newRegions: readonly { number: number; id: string }[];
}

const identityRows = z.array(
  z.object({
    id: z.string(),
    number: z.int(),
    added_at: z.int().optional(),
    removed_at: z.int().nullish(),
  }),
);

/**
 * Compiles a configuration against what the database knows; changes nothing.
 *
 * @param now epoch seconds; new monitors count from the start of its minute, so that the round of
 *   that minute, if it is still to come, is their first
 */
export async function propose(db: D1Database, config: Config, now: number): Promise<Proposal> {
  const before = await readPlan(db);
  const added = now - (now % 60);
  const [monitorRows, regionRows] = await db.batch([
    db.prepare("SELECT id, number, added_at, removed_at FROM monitors"),
    db.prepare("SELECT id, number FROM regions"),
  ]);
  const monitors = identityRows.parse(monitorRows?.results);
  const regions = identityRows.parse(regionRows?.results);
  const monitorIds = config.monitors.map((monitor) => monitor.id);
  const newMonitors = numberUnknown(monitorIds, monitors);
  const newRegions = [
    ...numberUnknown(Object.keys(config.regions), regions),
    ...unknownPlaces(config, regions),
  ];
  const after = compile(
    config,
    {
      monitors: new Map([
        ...monitors.map(({ id, number, added_at, removed_at }) => {
          // Who comes back counts from now: nothing was expected of it in between.
          const addedAt = typeof removed_at === "number" ? added : (added_at ?? added);
          return [id, { number, addedAt }] as const;
        }),
        ...newMonitors.map(({ id, number }) => [id, { number, addedAt: added }] as const),
      ]),
      regions: new Map([...regions, ...newRegions].map(({ id, number }) => [id, number])),
    },
    before.shards,
  );
  return { before, after, changes: diff(before, after), newRegions };
}

const unwatched = "(monitor, scope) NOT IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1))";

/** The monitors and scopes that a plan has a status for. */
function scopesOf({ monitors, regions }: PlanDocument): [number, number][] {
  const numbers = new Map(placesOf({ regions }).map((place) => [place.id, place.number]));
  return monitors.flatMap((monitor) => [
    [monitor.number, overall] as [number, number],
    ...monitor.regions.map((id): [number, number] => [monitor.number, numbers.get(id) ?? overall]),
    ...(monitor.vantagePoints ?? []).map(({ service }): [number, number] => [
      monitor.number,
      placeNumber(service),
    ]),
  ]);
}

/** Who applies and why, as far as they say; `restores` is the revision of a rollback. */
export interface Authorship {
  readonly by: string | null;
  readonly note: string | null;
  readonly restores: number | null;
}

const unsigned: Authorship = { by: null, note: null, restores: null };

/** When a revision came into force, epoch seconds, and who applied it. */
export interface AppliedRevision extends Authorship {
  readonly revision: number;
  readonly appliedAt: number;
}

export const appliedColumns = "revision, applied_at, applied_by, note, restores";

export const appliedRowSchema = z
  .object({
    revision: z.int(),
    applied_at: z.int(),
    applied_by: z.string().nullable(),
    note: z.string().nullable(),
    restores: z.int().nullable(),
  })
  .transform(({ revision, applied_at, applied_by, note, restores }): AppliedRevision => {
    return { revision, appliedAt: applied_at, by: applied_by, note, restores };
  });

/** The revision in force; null where none was ever applied. */
export async function readApplied(db: D1Database): Promise<AppliedRevision | null> {
  const row = await db
    .prepare(
      `SELECT ${appliedColumns} FROM plans
       WHERE revision = (SELECT plan_revision FROM ledger WHERE id = 1)`,
    )
    .first();
  return row === null ? null : appliedRowSchema.parse(row);
}

/** What became of an application. */
export type ApplyOutcome =
  | { readonly kind: "applied"; readonly revision: number }
  | { readonly kind: "unchanged"; readonly revision: number }
  /** Somebody else applied in between; nothing was changed. */
  | { readonly kind: "conflict"; readonly inForce: AppliedRevision | null };

/**
 * Puts a proposal into force, in one batch, if the plan it was made against still is. Whatever
 * changes the plan goes through here: from a file, or back to an earlier revision.
 *
 * @param now epoch seconds
 */
export async function apply(
  db: D1Database,
  proposal: Proposal,
  now: number,
  { by, note, restores }: Authorship = unsigned,
): Promise<ApplyOutcome> {
  const { before, after, newRegions } = proposal;
  const revision = before.revision + 1;
  const { revision: _, ...document } = before;
  if (canonical(document) === canonical(after)) {
    return { kind: "unchanged", revision: before.revision };
  }
  const identities = after.monitors.map(({ number, id, addedAt }) => ({ number, id, addedAt }));
  const watchedScopes = JSON.stringify(scopesOf(after));
  const kept = JSON.stringify(after.monitors.map((monitor) => monitor.number));
  try {
    await db.batch([
      // A revision that is not the one proposed on becomes NULL, which the table refuses.
      db
        .prepare(
          `UPDATE ledger SET version = version + 1,
             plan_revision = CASE plan_revision WHEN ?1 THEN ?2 END WHERE id = 1`,
        )
        .bind(before.revision, revision),
      db
        .prepare(
          `INSERT INTO plans (revision, applied_at, document, applied_by, note, restores)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
        )
        .bind(revision, now, JSON.stringify(after), by, note, restores),
      db
        .prepare(
          `INSERT INTO monitors (number, id, added_at)
           SELECT value ->> 'number', value ->> 'id', value ->> 'addedAt' FROM json_each(?1) WHERE true
           ON CONFLICT (number) DO UPDATE SET removed_at = NULL, added_at = excluded.added_at
           WHERE removed_at IS NOT NULL`,
        )
        .bind(JSON.stringify(identities)),
      db
        .prepare(
          `INSERT INTO regions (number, id)
           SELECT value ->> 'number', value ->> 'id' FROM json_each(?1)`,
        )
        .bind(JSON.stringify(newRegions)),
      db
        .prepare(
          `UPDATE monitors SET removed_at = ?2
           WHERE removed_at IS NULL AND number NOT IN (SELECT value FROM json_each(?1))`,
        )
        .bind(kept, now),
      // What is no longer watched, by any region or by one, is unknown from now and has no present
      // status; nobody will see its outage end.
      db
        .prepare(
          `INSERT INTO transitions (monitor, scope, at, from_status, to_status, decided_at)
           SELECT monitor, scope, ?2, status, 'unknown', ?2 FROM statuses
           WHERE status <> 'unknown' AND ${unwatched}
           ON CONFLICT DO NOTHING`,
        )
        .bind(watchedScopes, now),
      db.prepare(`DELETE FROM statuses WHERE ${unwatched}`).bind(watchedScopes),
      db
        .prepare(
          `UPDATE outages SET ended_at = ?2, end_detected_at = ?2
           WHERE ended_at IS NULL AND monitor NOT IN (SELECT value FROM json_each(?1))`,
        )
        .bind(kept, now),
      addAuditEntry(db, {
        at: now,
        who: "configuration",
        name: by ?? "unsigned",
        action: "applyConfiguration",
        target: "configuration",
        before: JSON.stringify({ revision: before.revision }),
        // What a revision is can be read: npm run netpost -- show <revision>.
        after: JSON.stringify({ revision, note, restores, monitors: after.monitors.length }),
        requestId: null,
      }),
    ]);
  } catch (error) {
    if (isConflict(error)) return { kind: "conflict", inForce: await readApplied(db) };
    throw error;
  }
  return { kind: "applied", revision };
}

/** The schema's order of fields, whatever the document's. */
function canonical(document: PlanDocument): string {
  return JSON.stringify(planDocumentSchema.parse(document));
}

function isConflict(error: unknown): boolean {
  return (
    error instanceof Error &&
    /NOT NULL constraint failed: ledger\.plan_revision/.test(error.message)
  );
}

/** Where no region of ours looks, but something is seen, has a row too: its coverage is found by it. */
function unknownPlaces({ monitors }: Config, known: readonly { id: string }[]): Place[] {
  const taken = new Set(known.map(({ id }) => id));
  const services = new Set(
    monitors.flatMap((monitor) =>
      monitor.type === "heartbeat" ? [] : monitor.vantagePoints.map(({ service }) => service),
    ),
  );
  const needed: Place[] = vantagePlaces.filter(({ id }) => services.has(id));
  if (monitors.some(({ type }) => type === "heartbeat")) needed.unshift(inbound);
  return needed.filter(({ id }) => !taken.has(id));
}

function numberUnknown(
  ids: readonly string[],
  known: readonly { id: string; number: number }[],
): { number: number; id: string }[] {
  const taken = new Set(known.map((row) => row.id));
  let next = known.reduce((highest, row) => Math.max(highest, row.number), 0);
  return ids
    .filter((id) => !taken.has(id))
    .map((id) => {
      next += 1;
      return { number: next, id };
    });
}
