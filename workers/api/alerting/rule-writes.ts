/** What operators do to rules: held against plan and policies, written, kept with its author. */
import { alertRuleSchema } from "../../../shared/contract/alerting/rule.ts";
import type { FieldError } from "../../../shared/contract/api/problem.ts";
import { manualRule } from "../../../shared/domain/alerting/decide-alerts.ts";
import type { AlertRule } from "../../../shared/domain/alerting/rule.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import {
  type AlertingDocuments,
  changeDocument,
  readAlertingDocuments,
} from "../../../shared/storage/alerting/documents.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { refuseInvalid } from "../middleware/invalid-request.ts";
import { invalidRequest, ProblemError } from "../problems.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { type Act, changeAlerting } from "./act.ts";
import { unknownNames } from "./known.ts";

/** So that evaluating all of them fits into a tick. */
const mostRules = 200;

/** What a rule names that does not exist; none if all does. */
export function ruleErrors(
  rule: AlertRule,
  plan: Plan,
  { policies }: Pick<AlertingDocuments, "policies">,
): FieldError[] {
  const { monitors, regions } = plan;
  const { selector, signal } = rule;
  return [
    ...(rule.id === manualRule
      ? [{ field: "id", message: `another one: ${manualRule} is kept for what people trigger` }]
      : []),
    ...unknownNames(
      "policy",
      "policy",
      [rule.policy],
      policies.map(({ id }) => id),
    ),
    ...unknownNames(
      "selector.monitors",
      "monitor",
      selector.monitors ?? [],
      monitors.map(({ id }) => id),
    ),
    ...unknownNames(
      "selector.groups",
      "group",
      selector.groups ?? [],
      monitors.map(({ group }) => group),
    ),
    ...unknownNames(
      "selector.tags",
      "tag",
      selector.tags ?? [],
      monitors.flatMap(({ tags }) => tags),
    ),
    ...unknownNames(
      "selector.regions",
      "region",
      selector.regions ?? [],
      regions.map(({ id }) => id),
    ),
    ...(signal.kind === "burn-rate" && signal.shortSeconds > signal.longSeconds
      ? [{ field: "signal.shortSeconds", message: "at most longSeconds" }]
      : []),
  ];
}

/** Says what a rule becomes from what it is, null where there is none yet. */
export type RuleChange = (before: AlertRule | null) => AlertRule;

/**
 * Creates, replaces or changes a rule.
 *
 * @throws ProblemError `invalid-request`, `not-found` or `conflict`; nothing is changed then
 */
export async function writeRule(
  db: D1Database,
  id: string,
  change: RuleChange,
  { now, by }: Act,
): Promise<{ readonly rule: AlertRule; readonly created: boolean }> {
  const plan = await fromDatabase(readPlan(db));
  return changeAlerting(
    db,
    now,
    () => readAlertingDocuments(db),
    (documents) => {
      const before = documents.rules.find((rule) => rule.id === id) ?? null;
      const rule = change(before);
      const errors = ruleErrors(rule, plan, documents);
      if (errors.length > 0) throw invalidRequest(errors);
      if (before === null && documents.rules.length >= mostRules) {
        throw new ProblemError(
          "conflict",
          `There are ${mostRules} rules, as many as there can be.`,
        );
      }
      const result = { rule, created: before === null };
      if (before !== null && JSON.stringify(before) === JSON.stringify(rule)) {
        return { writes: {}, result };
      }
      const { version } = documents;
      const more = changeDocument(db, {
        kind: "rule",
        id,
        document: rule,
        version,
        at: now,
        author: by,
      });
      return { writes: {}, more, result };
    },
  );
}

/** A rule with some of its fields changed. @throws ProblemError `invalid-request` */
export function patchedRule(
  before: AlertRule,
  patch: Readonly<Record<string, unknown>>,
): AlertRule {
  const parsed = alertRuleSchema.safeParse({ ...before, ...patch });
  if (parsed.success && parsed.data.id === before.id) return parsed.data;
  if (parsed.success) throw invalidRequest([{ field: "id", message: "never changes" }]);
  refuseInvalid({ target: "json", success: false, error: parsed.error });
  throw parsed.error;
}

/**
 * Deletes a rule. What fires by it ends with the next decision.
 *
 * @throws ProblemError `not-found`
 */
export function removeRule(db: D1Database, id: string, { now, by }: Act): Promise<void> {
  return changeAlerting(
    db,
    now,
    () => readAlertingDocuments(db),
    ({ rules, version }) => {
      if (!rules.some((rule) => rule.id === id)) throw noSuchRule(rules);
      const more = changeDocument(db, {
        kind: "rule",
        id,
        document: null,
        version,
        at: now,
        author: by,
      });
      return { writes: {}, more, result: undefined };
    },
  );
}

/** The problem for a rule that is not there. */
export function noSuchRule(rules: readonly AlertRule[]): ProblemError {
  const [error] = unknownNames(
    "rule",
    "rule",
    [""],
    rules.map(({ id }) => id),
  );
  return new ProblemError("not-found", `There is ${error?.message ?? "no such rule"}.`);
}
