import { decompile } from "../../shared/config/decompile.ts";
import {
  type HistoryEntry,
  proposeRevision,
  readHistory,
  readRevision,
} from "../../shared/storage/plan-history.ts";
import {
  type Authorship,
  apply,
  type Proposal,
  propose,
  readApplied,
  readPlan,
} from "../../shared/storage/plans.ts";
import { type ConfigSource, loadConfig } from "./load-config.ts";
import type { Applied, NoConfig, NoRevision, Outcome, Planned } from "./outcome.ts";

type Outcomes<Kind extends Outcome["kind"]> = Extract<Outcome, { kind: Kind }>;

/** Validates a configuration file; needs no database. */
export async function checkConfigFile(source: ConfigSource): Promise<NoConfig | Outcomes<"valid">> {
  const loaded = await loadConfig(source);
  if (loaded.kind !== "loaded") return loaded;
  const { regions, monitors } = loaded.config;
  return { kind: "valid", regions: Object.keys(regions).length, monitors: monitors.length };
}

/**
 * What applying a configuration file would change in a database; changes nothing.
 *
 * @param now epoch seconds
 */
export async function planConfigFile(
  db: D1Database,
  source: ConfigSource,
  now: number,
): Promise<NoConfig | Planned> {
  const loaded = await loadConfig(source);
  if (loaded.kind !== "loaded") return loaded;
  const { before, changes } = await propose(db, loaded.config, now);
  return { kind: "planned", revision: before.revision, changes };
}

export type ApplyOptions = {
  /** Epoch seconds. Read when a plan is made: new monitors count from then. */
  readonly now: () => number;
  /** Is shown what would change, if anything, before it is changed; false leaves all as it is. */
  readonly review?: (planned: Planned) => Promise<boolean>;
  /** Who applies, as far as they say. */
  readonly by?: string | null;
  /** Why. */
  readonly note?: string | null;
  /** The revision that a plan was made from earlier: applied only if it is still in force. */
  readonly from?: number | undefined;
};

/**
 * Puts a configuration file into force, in one transaction or not at all. The file's mistakes and
 * a plan of somebody else in between are outcomes; only the database's own failures are thrown.
 */
export async function applyConfigFile(
  db: D1Database,
  source: ConfigSource,
  options: ApplyOptions,
): Promise<NoConfig | Applied> {
  const loaded = await loadConfig(source);
  if (loaded.kind !== "loaded") return loaded;
  return applyReviewed(db, (now) => propose(db, loaded.config, now), options, null);
}

/** Puts an earlier revision into force again, as a new one, as a file would be. */
export async function rollBack(
  db: D1Database,
  revision: number,
  options: ApplyOptions,
): Promise<NoRevision | Applied> {
  if ((await readRevision(db, revision)) === null) return noRevision(db, revision);
  const again = async (now: number) => {
    const proposal = await proposeRevision(db, revision, now);
    if (proposal === null) throw new Error(`revision ${revision} has gone meanwhile`);
    return proposal;
  };
  return applyReviewed(db, again, options, revision);
}

async function applyReviewed(
  db: D1Database,
  makeProposal: (now: number) => Promise<Proposal>,
  { now, review, by = null, note = null, from }: ApplyOptions,
  restores: number | null,
): Promise<Applied> {
  const seen = await makeProposal(now());
  const { revision } = seen.before;
  const conflict = async (): Promise<Applied> => {
    return { kind: "conflict", inForce: await readApplied(db) };
  };
  if (from !== undefined && from !== revision) return conflict();
  let proposal = seen;
  if (review !== undefined && seen.changes.length > 0) {
    if (!(await review({ kind: "planned", revision, changes: seen.changes }))) {
      return { kind: "declined" };
    }
    // A person may have thought for minutes, in which nobody probed the new monitors.
    proposal = await makeProposal(now());
    if (proposal.before.revision !== revision) return conflict();
  }
  const authorship: Authorship = { by, note, restores };
  const outcome = await apply(db, proposal, now(), authorship);
  return outcome.kind === "applied" ? { ...outcome, changes: seen.changes } : outcome;
}

/** The plan in force in a database. */
export async function showPlan(db: D1Database): Promise<Outcomes<"shown">> {
  return { kind: "shown", plan: await readPlan(db) };
}

/**
 * A revision as a configuration file would say it.
 *
 * @param revision the one in force if it is left out
 */
export async function exportRevision(
  db: D1Database,
  revision?: number,
): Promise<NoRevision | Outcomes<"exported">> {
  const wanted = revision ?? (await readPlan(db)).revision;
  const stored = await readRevision(db, wanted);
  if (stored === null) return noRevision(db, wanted);
  return { kind: "exported", revision: wanted, config: decompile(stored.document) };
}

/** The revisions, the newest first. */
export async function showHistory(db: D1Database, limit: number): Promise<Outcomes<"history">> {
  return { kind: "history", revisions: await readHistory(db, { limit }) };
}

/** One revision, with every field that it changed. */
export async function showRevision(
  db: D1Database,
  revision: number,
): Promise<NoRevision | { readonly kind: "revision"; readonly entry: HistoryEntry }> {
  const [entry] = await readHistory(db, { upTo: revision, limit: 1 });
  if (entry?.revision !== revision) return noRevision(db, revision);
  return { kind: "revision", entry };
}

async function noRevision(db: D1Database, revision: number): Promise<NoRevision> {
  const { revision: last } = await readPlan(db);
  return { kind: "no-revision", revision, last };
}
