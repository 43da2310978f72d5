/** How people change what alerting remembers: by the ledger's compare-and-swap, with retries. */
import type { AlertMemory } from "../../../shared/domain/alerting/memory.ts";
import type { Operation } from "../../../shared/domain/alerting/operate.ts";
import {
  type AlertWrites,
  commitAlerts,
  type IncidentEvent,
  isQuiet,
  readAlertMemory,
} from "../../../shared/storage/alerting/alert-ledger.ts";
import { ProblemError } from "../problems.ts";
import { fromDatabase } from "../reads/from-database.ts";

/** Who does it, and when, epoch seconds. */
export interface Act {
  readonly now: number;
  readonly by: string;
}

/** What is to be written, and what the caller learns of it. */
export interface Change<T> {
  readonly writes: Partial<AlertWrites>;
  /** What else is written with it, or not at all. */
  readonly more?: readonly D1PreparedStatement[];
  readonly result: T;
}

/** Ticks write once a minute and people seldom: whoever loses so often meets a fault. */
const mostAttempts = 8;

/**
 * Makes a change on what is stored, and makes it anew on what is stored then where somebody else was
 * faster.
 *
 * @param read what the change is made on, with the version of the ledger that it is of
 * @param change throws where it cannot be made; nothing is written then
 * @throws ProblemError `conflict` where others were faster every time
 */
export async function changeAlerting<Stored extends { readonly version: number }, T>(
  db: D1Database,
  now: number,
  read: () => Promise<Stored>,
  change: (stored: Stored) => Change<T> | Promise<Change<T>>,
): Promise<T> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const stored = await fromDatabase(read());
    const { writes, more = [], result } = await change(stored);
    const all = { alerts: [], incidents: [], notifications: [], ...writes };
    if (isQuiet(all) && more.length === 0) return result;
    const commit = await fromDatabase(commitAlerts(db, stored.version, all, now, [...more]));
    if (commit.kind === "committed") return result;
  }
  throw new ProblemError("conflict", "Others change alerts all the time: try again.");
}

/** What an operation of the domain wants written. @throws ProblemError where it was refused */
export function performed(operation: Operation): Partial<AlertWrites> {
  if (operation.ok) {
    const { alerts, incidents, notifications } = operation;
    return { alerts, incidents, notifications };
  }
  const { because, detail } = operation;
  const sentence = `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`;
  const missing = because === "unknown-alert" || because === "unknown-incident";
  throw new ProblemError(missing ? "not-found" : "conflict", sentence);
}

/** Changes what is remembered of alerts. */
export function changeMemory<T>(
  db: D1Database,
  now: number,
  change: (memory: AlertMemory) => Change<T> | Promise<Change<T>>,
): Promise<T> {
  return changeAlerting(
    db,
    now,
    () => readAlertMemory(db, now),
    ({ memory }) => change(memory),
  );
}

/** An entry of a timeline that tells what a person did. */
export function eventOf(
  incident: string,
  kind: string,
  author: string,
  text: string,
  isPublic = false,
): IncidentEvent {
  return { incident, kind, author, public: isPublic, text };
}
