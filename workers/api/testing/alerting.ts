/** Alerting for the api's tests: decided by the domain's own code, on the real database. */
import { env } from "cloudflare:workers";
import { decideAlerts } from "../../../shared/domain/alerting/decide-alerts.ts";
import type { AlertOutcome, SampleOf } from "../../../shared/domain/alerting/memory.ts";
import { nextInHours } from "../../../shared/local-days.ts";
import { commitAlerts, readAlertMemory } from "../../../shared/storage/alerting/alert-ledger.ts";
import { readAlertingDocuments } from "../../../shared/storage/alerting/documents.ts";
import { readCurrentSilences } from "../../../shared/storage/alerting/silences.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { ask } from "./world.ts";

/** A sample of a rule, with nothing said but what a test needs. */
export function sampleOf(
  sample: Partial<SampleOf> & Pick<SampleOf, "rule" | "level">,
  monitor: string | null = null,
): SampleOf {
  return {
    subject: { monitor, region: null, metric: null },
    value: null,
    detail: `${sample.rule} ${sample.level}`,
    since: null,
    title: `${monitor ?? "NetPost"}: ${sample.rule}`,
    ...sample,
  };
}

/** A monitor's outage as a tick would see it. */
export function outageSample(monitor: string, startedAt: number, detectedAt: number): SampleOf {
  const outage = { key: `outage/${monitor}/${startedAt}`, startedAt, detectedAt };
  return sampleOf({ rule: "service-down", level: "critical", since: startedAt, outage }, monitor);
}

/** One decision on what is stored, written as a tick would. */
export async function decide(samples: readonly SampleOf[], now: number): Promise<AlertOutcome> {
  const { version, memory } = await readAlertMemory(env.DB, now);
  const { rules, policies } = await readAlertingDocuments(env.DB);
  const plan = await readPlan(env.DB);
  const outcome = decideAlerts(memory, {
    now,
    rules: new Map(rules.map((rule) => [rule.id, rule])),
    policies: new Map(policies.map((policy) => [policy.id, policy])),
    samples,
    muting: {
      silences: await readCurrentSilences(env.DB, now),
      maintenanceOf: () => null,
      failedDependencyOf: () => null,
    },
    labelsOf: (id) => plan.monitors.find((monitor) => monitor.id === id) ?? null,
    monitors: plan.monitors.length,
    nextInHours,
  });
  const commit = await commitAlerts(env.DB, version, outcome, now);
  if (commit.kind === "conflict") throw new Error("somebody else decided");
  return outcome;
}

/** Sends JSON. */
export function send(
  method: string,
  path: string,
  body: unknown,
  at: number,
  key?: string,
): Promise<Response> {
  return ask(path, {
    at,
    method,
    ...(key === undefined ? {} : { key }),
    ...(body === undefined
      ? {}
      : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });
}
