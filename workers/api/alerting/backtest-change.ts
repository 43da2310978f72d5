/** What a backtest asks to be otherwise, held against plan and rules, made a configuration. */
import type { z } from "zod";
import { alertRuleSchema, escalationPolicySchema } from "../../../shared/contract/alerting/rule.ts";
import type { BacktestBody, BacktestChange } from "../../../shared/contract/api/backtest.ts";
import type { FieldError } from "../../../shared/contract/api/problem.ts";
import type { BacktestConfiguration } from "../../../shared/domain/alerting/backtest.ts";
import type { Silence } from "../../../shared/domain/alerting/silence.ts";
import type { MaintenanceWindow } from "../../../shared/domain/maintenance.ts";
import type { Quorum } from "../../../shared/domain/monitor.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import type { Span } from "../../../shared/domain/span.ts";
import { parseTiming, selectorErrors } from "../maintenance/rules.ts";
import { invalidRequest } from "../problems.ts";
import { unknownNames } from "./known.ts";
import { ruleErrors } from "./rule-writes.ts";

/**
 * A configuration as it would be with a change.
 *
 * @param channels names of channels; null where they are not known
 * @throws ProblemError `invalid-request`, with every field that is wrong
 */
export function changedConfiguration(
  before: BacktestConfiguration,
  change: BacktestChange,
  window: Span,
  channels: readonly string[] | null,
): BacktestConfiguration {
  const errors: FieldError[] = [];
  const refuse = (prefix: string, found: readonly FieldError[]) => {
    for (const { field, message } of found) errors.push({ field: `${prefix}.${field}`, message });
  };
  const { rules, policies } = change;
  const changed = {
    plan: changedPlan(before.plan, change.monitors, refuse),
    policies: merged(before.policies, policies, escalationPolicySchema, "policies", refuse),
    rules: merged(before.rules, rules, alertRuleSchema, "rules", refuse),
    silences: changedSilences(before.silences, change, window, refuse),
    windows: changedWindows(before, change, refuse),
  };
  for (const [index, { id }] of rules.entries()) {
    const rule = changed.rules.find((one) => one.id === id);
    if (rule) refuse(`change.rules.${index}`, ruleErrors(rule, changed.plan, changed));
  }
  for (const [index, { id }] of policies.entries()) {
    const steps = changed.policies.find((one) => one.id === id)?.steps ?? [];
    const named = steps.flatMap((step) => step.channels);
    const known = before.policies.flatMap((one) => one.steps.flatMap((step) => step.channels));
    if (channels === null) continue;
    const found = unknownNames("steps", "channel", named, [...channels, ...known]);
    refuse(`change.policies.${index}`, found);
  }
  if (errors.length > 0) throw invalidRequest(errors);
  return changed;
}

/** The part of a plan that a backtest is about. @throws ProblemError `invalid-request` */
export function chosenPlan(plan: Plan, { monitors }: Pick<BacktestBody, "monitors">): Plan {
  if (monitors === undefined) return plan;
  const known = plan.monitors.map(({ id }) => id);
  const errors = unknownNames("monitors", "monitor", monitors, known);
  if (errors.length > 0) throw invalidRequest(errors);
  return { ...plan, monitors: plan.monitors.filter(({ id }) => monitors.includes(id)) };
}

type Refuse = (prefix: string, found: readonly FieldError[]) => void;

function changedPlan(plan: Plan, changes: BacktestChange["monitors"], refuse: Refuse): Plan {
  const known = plan.monitors.map(({ id }) => id);
  for (const [index, { ids = [] }] of changes.entries()) {
    refuse(`change.monitors.${index}`, unknownNames("ids", "monitor", ids, known));
  }
  const monitors = plan.monitors.map((monitor) => {
    const verdict = changes
      .filter(({ ids }) => ids?.includes(monitor.id) ?? true)
      .reduce(
        (policy, { quorum, failuresToOpen, successesToClose }) => ({
          quorum: quorum === undefined ? policy.quorum : quorumOf(quorum),
          failuresToOpen: failuresToOpen ?? policy.failuresToOpen,
          successesToClose: successesToClose ?? policy.successesToClose,
        }),
        monitor.verdict,
      );
    return { ...monitor, verdict };
  });
  return { ...plan, monitors };
}

function quorumOf(quorum: NonNullable<BacktestChange["monitors"][number]["quorum"]>): Quorum {
  return typeof quorum === "string"
    ? { kind: quorum }
    : { kind: "atLeast", regions: quorum.atLeast };
}

/** What is known by its id takes the fields that are sent; what is not has to be whole. */
function merged<T extends { readonly id: string }>(
  before: readonly T[],
  changes: readonly { readonly id: string }[],
  schema: z.ZodType<T>,
  name: string,
  refuse: Refuse,
): readonly T[] {
  const all = new Map(before.map((one) => [one.id, one]));
  for (const [index, fields] of changes.entries()) {
    const parsed = schema.safeParse({ ...all.get(fields.id), ...fields });
    if (parsed.success) all.set(fields.id, parsed.data);
    else {
      const found = parsed.error.issues.map(({ path, message, code }) =>
        code === "unrecognized_keys"
          ? { field: ["body", ...path].join("."), message: "has a field that is not one of its" }
          : { field: path.join("."), message },
      );
      refuse(`change.${name}.${index}`, found);
    }
  }
  return [...all.values()];
}

function changedSilences(
  before: readonly Silence[],
  { silences, without }: BacktestChange,
  window: Span,
  refuse: Refuse,
): readonly Silence[] {
  const known = before.map(({ id }) => String(id));
  const named = without.silences.map(String);
  refuse("change.without", unknownNames("silences", "silence in this time", named, known));
  const added = silences.map((silence, index): Silence => {
    // The last round of the time is decided after it.
    const { matchers, startsAt = 0, endsAt = window.to + 3_600 } = silence;
    if (endsAt <= startsAt) {
      refuse(`change.silences.${index}`, [{ field: "endsAt", message: "after startsAt" }]);
    }
    // Below zero, so that no stored one is meant.
    const id = -1 - index;
    return { id, matchers, startsAt, endsAt, author: "backtest", reason: "backtest" };
  });
  return [...before.filter(({ id }) => !without.silences.includes(id)), ...added];
}

function changedWindows(
  { plan, windows: before }: BacktestConfiguration,
  { windows, without }: BacktestChange,
  refuse: Refuse,
): readonly MaintenanceWindow[] {
  const known = before.map(({ number }) => String(number));
  const named = without.windows.map(String);
  refuse(
    "change.without",
    unknownNames("windows", "maintenance window in this time", named, known),
  );
  const added = windows.flatMap(({ name, selector, timing }, index): MaintenanceWindow[] => {
    const parsed = parseTiming(timing);
    refuse(`change.windows.${index}`, [
      ...(parsed.ok ? [] : parsed.errors),
      ...selectorErrors(plan, selector),
    ]);
    if (!parsed.ok) return [];
    return [
      {
        number: -1 - index,
        kind: "maintenance",
        name,
        reason: null,
        versions: [{ from: 0, until: null, selector, timing: parsed.timing }],
        createdAt: 0,
        createdBy: "backtest",
        cancelledAt: null,
        withdrawnAt: null,
      },
    ];
  });
  return [...before.filter(({ number }) => !without.windows.includes(number)), ...added];
}
