import { apply, propose, readPlan } from "../../shared/storage/plans.ts";
import { type ConfigSource, loadConfig } from "./load-config.ts";
import type { Applied, NoConfig, Outcome, Planned } from "./outcome.ts";

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
};

/**
 * Puts a configuration file into force, in one transaction or not at all. The file's mistakes and
 * a plan of somebody else in between are outcomes; only the database's own failures are thrown.
 */
export async function applyConfigFile(
  db: D1Database,
  source: ConfigSource,
  { now, review }: ApplyOptions,
): Promise<NoConfig | Applied> {
  const loaded = await loadConfig(source);
  if (loaded.kind !== "loaded") return loaded;
  const seen = await propose(db, loaded.config, now());
  const { revision } = seen.before;
  let proposal = seen;
  if (review !== undefined && seen.changes.length > 0) {
    if (!(await review({ kind: "planned", revision, changes: seen.changes }))) {
      return { kind: "declined" };
    }
    // A person may have thought for minutes, in which nobody probed the new monitors.
    proposal = await propose(db, loaded.config, now());
    if (proposal.before.revision !== revision) return { kind: "conflict" };
  }
  const outcome = await apply(db, proposal, now());
  return outcome.kind === "applied" ? { ...outcome, changes: seen.changes } : outcome;
}

/** The plan in force in a database. */
export async function showPlan(db: D1Database): Promise<Outcomes<"shown">> {
  return { kind: "shown", plan: await readPlan(db) };
}
