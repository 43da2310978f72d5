/** What operators do to maintenance windows: parsed, held against the rules, written. */
import type {
  ChangeMaintenance,
  CreateMaintenance,
} from "../../../shared/contract/api/maintenance.ts";
import type { FieldError } from "../../../shared/contract/api/problem.ts";
import type { MaintenanceWindow } from "../../../shared/domain/maintenance.ts";
import {
  cancelWindow,
  changeWindow,
  endWindow,
  withdrawWindow,
} from "../../../shared/domain/maintenance-changes.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import { nextTime } from "../../../shared/measure/material.ts";
import {
  insertMaintenance,
  readMaintenanceWindow,
  updateMaintenance,
} from "../../../shared/storage/maintenance.ts";
import { invalidRequest, ProblemError } from "../problems.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { parseTiming, selectorErrors } from "./rules.ts";

/** Who does it, and when, epoch seconds. */
export interface Act {
  readonly now: number;
  readonly by: string;
}

/**
 * Declares a window: a single one whenever it was or will be, a recurring one from a time on.
 *
 * @throws ProblemError `invalid-request`
 */
export async function createMaintenance(
  db: D1Database,
  plan: Plan,
  input: CreateMaintenance,
  { now, by }: Act,
): Promise<MaintenanceWindow> {
  const { kind, name, reason, selector, startsAt, endsAt } = input;
  const parsed = parseTiming(input.timing);
  const errors: FieldError[] = [
    ...(parsed.ok ? [] : parsed.errors),
    ...selectorErrors(plan, selector),
  ];
  const once = input.timing.kind === "once";
  if (once && startsAt !== undefined) {
    errors.push({ field: "startsAt", message: "only of a recurring window; timing.from says it" });
  }
  if (once && endsAt !== null) errors.push(endOnlyOfRecurring);
  const from = once ? 0 : (startsAt ?? now);
  if (endsAt !== null && !once && endsAt <= from) {
    errors.push({ field: "endsAt", message: "after startsAt, which is now if left out" });
  }
  if (!parsed.ok || errors.length > 0) throw invalidRequest(errors);
  const { window } = await fromDatabase(
    insertMaintenance(db, {
      kind,
      name,
      reason,
      versions: [{ from, until: endsAt, selector, timing: parsed.timing }],
      createdAt: now,
      createdBy: by,
      cancelledAt: null,
      withdrawnAt: null,
    }),
  );
  return window;
}

const endOnlyOfRecurring: FieldError = {
  field: "endsAt",
  message: "only of a recurring window; timing.to says it",
};

/**
 * Changes a window from now on.
 *
 * @throws ProblemError `invalid-request`, `unknown-maintenance` or `conflict`
 */
export function changeMaintenance(
  db: D1Database,
  plan: Plan,
  number: number,
  input: ChangeMaintenance,
  { now }: Act,
): Promise<MaintenanceWindow> {
  const { name, reason, selector, timing, endsAt } = input;
  const parsed = timing === undefined ? null : parseTiming(timing);
  const errors: FieldError[] = [
    ...(parsed && !parsed.ok ? parsed.errors : []),
    ...(selector === undefined ? [] : selectorErrors(plan, selector)),
  ];
  if (timing?.kind === "once" && timing.to <= now) {
    errors.push({ field: "timing.to", message: "in the future: what is past stays as it was" });
  }
  if (endsAt !== undefined && endsAt !== null && endsAt <= now) {
    errors.push({ field: "endsAt", message: "in the future, or null for no end" });
  }
  if (errors.length > 0) throw invalidRequest(errors);
  const change = {
    ...(name === undefined ? {} : { name }),
    ...(reason === undefined ? {} : { reason }),
    ...(selector === undefined ? {} : { selector }),
    ...(parsed?.ok ? { timing: parsed.timing } : {}),
  };
  return update(db, number, (window) => {
    const plans = selector !== undefined || timing !== undefined || endsAt !== undefined;
    const last = window.versions.at(-1);
    const next = parsed?.ok ? parsed.timing : last?.timing;
    if (plans && window.cancelledAt !== null) {
      throw new ProblemError("conflict", "It was cancelled: declare another.");
    }
    if (next?.kind === "once" && endsAt !== undefined && endsAt !== null) {
      throw invalidRequest([endOnlyOfRecurring]);
    }
    if (plans && next?.kind === "once" && next.to <= now) {
      throw new ProblemError("conflict", "It is over, and the past stays as it was.");
    }
    const until = next?.kind === "once" ? null : endsAt;
    if (plans && until === undefined && (last?.until ?? now + 1) <= now) {
      throw new ProblemError("conflict", "Its series is over: give it another endsAt as well.");
    }
    return changeWindow(window, now, change, plans ? until : undefined);
  });
}

/**
 * Ends what a window has in force now.
 *
 * @throws ProblemError `unknown-maintenance` or `conflict`
 */
export function endMaintenance(
  db: D1Database,
  number: number,
  { now }: Act,
): Promise<MaintenanceWindow> {
  return update(db, number, (window) => {
    const ended = endWindow(window, now, nextTime);
    if (ended === null) throw new ProblemError("conflict", "It is not in force now.");
    return ended;
  });
}

/**
 * Cancels what is still to come of a window, or takes it back altogether.
 *
 * @throws ProblemError `unknown-maintenance` or `conflict`
 */
export function removeMaintenance(
  db: D1Database,
  number: number,
  withdraw: boolean,
  { now }: Act,
): Promise<MaintenanceWindow> {
  return update(db, number, (window) =>
    withdraw ? withdrawWindow(window, now) : cancelWindow(window, now),
  );
}

async function update(
  db: D1Database,
  number: number,
  change: (window: MaintenanceWindow) => MaintenanceWindow,
): Promise<MaintenanceWindow> {
  const stored = await fromDatabase(readMaintenanceWindow(db, number));
  if (stored === null) {
    throw new ProblemError("unknown-maintenance", `There is no maintenance window ${number}.`);
  }
  const { window, revision } = stored;
  if (window.withdrawnAt !== null) throw new ProblemError("conflict", "It was withdrawn.");
  const changed = change(window);
  if (await fromDatabase(updateMaintenance(db, changed, revision))) return changed;
  throw new ProblemError("conflict", "Somebody else changed it in between: read it again.");
}
