/** What was applied before: the revisions with what each changed, and the way back to one. */
import { z } from "zod";
import type { PlanDocument } from "../config/compile.ts";
import { type Change, diff } from "../config/diff.ts";
import { planDocumentSchema } from "../contract/plan.ts";
import {
  type AppliedRevision,
  appliedColumns,
  appliedRowSchema,
  noPlan,
  type Proposal,
  readPlan,
} from "./plans.ts";

/** A revision and what it changed of the one before. */
export interface HistoryEntry extends AppliedRevision {
  readonly changes: readonly Change[];
}

/** A revision as it was applied. */
export interface StoredRevision {
  readonly applied: AppliedRevision;
  readonly document: PlanDocument;
}

const documentRowSchema = z.object({ document: z.string() }).transform(({ document }) => {
  return planDocumentSchema.parse(JSON.parse(document));
});

function storedOf(row: unknown): StoredRevision {
  return { applied: appliedRowSchema.parse(row), document: documentRowSchema.parse(row) };
}

const newest = `SELECT ${appliedColumns}, document FROM plans
  WHERE revision <= ?1 ORDER BY revision DESC LIMIT ?2`;

/**
 * Reads the revisions up to one, the newest first, each with what it changed.
 *
 * @param upTo a revision; all of them where it is left out
 * @param limit at most so many
 */
export async function readHistory(
  db: D1Database,
  { upTo = Number.MAX_SAFE_INTEGER, limit }: { readonly upTo?: number; readonly limit: number },
): Promise<HistoryEntry[]> {
  // One more than asked for: what a revision changed is seen in the one before.
  const { results } = await db
    .prepare(newest)
    .bind(upTo, limit + 1)
    .all();
  const stored = results.map(storedOf);
  return stored.slice(0, limit).map(({ applied, document }, index) => ({
    ...applied,
    changes: diff(stored[index + 1]?.document ?? noPlan, document),
  }));
}

/** Reads a revision as it was applied; null where there is none. */
export async function readRevision(
  db: D1Database,
  revision: number,
): Promise<StoredRevision | null> {
  const row = await db
    .prepare(`SELECT ${appliedColumns}, document FROM plans WHERE revision = ?1`)
    .bind(revision)
    .first();
  return row === null ? null : storedOf(row);
}

/**
 * What going back to an earlier revision would change; changes nothing. Numbers are never reused,
 * so the old document fits as it is. A monitor that comes back counts from now.
 *
 * @param now epoch seconds
 * @returns null where there is no such revision
 */
export async function proposeRevision(
  db: D1Database,
  revision: number,
  now: number,
): Promise<Proposal | null> {
  const before = await readPlan(db);
  const stored = await readRevision(db, revision);
  if (stored === null) return null;
  const since = new Map(before.monitors.map(({ number, addedAt }) => [number, addedAt]));
  const added = now - (now % 60);
  const { document } = stored;
  const after: PlanDocument = {
    ...document,
    monitors: document.monitors.map((monitor) => {
      return { ...monitor, addedAt: since.get(monitor.number) ?? added };
    }),
    // Objects that are no longer asked could still hold results.
    shards: Math.max(document.shards, before.shards),
  };
  return { before, after, changes: diff(before, after), newRegions: [] };
}
