/** What operators do to escalation policies and rotations. */
import type { FieldError } from "../../../shared/contract/api/problem.ts";
import { isTimeZone } from "../../../shared/cron.ts";
import { defaultPolicy } from "../../../shared/domain/alerting/decide-alerts.ts";
import type { EscalationPolicy, Rotation } from "../../../shared/domain/alerting/escalation.ts";
import {
  type AlertingDocuments,
  changeDocument,
  readAlertingDocuments,
} from "../../../shared/storage/alerting/documents.ts";
import { invalidRequest, ProblemError } from "../problems.ts";
import { type Act, changeAlerting } from "./act.ts";
import { unknownNames } from "./known.ts";

const zoneMessage = "an IANA time zone, for example UTC or Europe/Berlin";

/** The channels that there are; asked for only where one is named that no policy has. */
export type KnownChannels = () => Promise<readonly string[]>;

/**
 * Creates or replaces a policy.
 *
 * @throws ProblemError `invalid-request` naming what is known where it names something that is not
 */
export function writePolicy(
  db: D1Database,
  policy: EscalationPolicy,
  channels: KnownChannels,
  { now, by }: Act,
): Promise<{ readonly created: boolean }> {
  return changeAlerting(
    db,
    now,
    () => readAlertingDocuments(db),
    async (documents) => {
      const errors = await policyErrors(policy, documents, channels);
      if (errors.length > 0) throw invalidRequest(errors);
      const before = documents.policies.find(({ id }) => id === policy.id);
      const result = { created: before === undefined };
      const same = JSON.stringify(before) === JSON.stringify(policy);
      const more = same ? [] : kept(db, "policy", policy.id, policy, documents, { now, by });
      return { writes: {}, more, result };
    },
  );
}

async function policyErrors(
  { steps }: EscalationPolicy,
  { policies, rotations }: AlertingDocuments,
  channels: KnownChannels,
): Promise<FieldError[]> {
  const named = steps.flatMap((step) => step.channels);
  const inUse = policies.flatMap((one) => one.steps.flatMap((step) => step.channels));
  const allInUse = named.every((channel) => inUse.includes(channel));
  const known = allInUse ? inUse : [...(await channels()), ...inUse];
  return steps.flatMap((step, index) => [
    ...unknownNames(`steps.${index}.channels`, "channel", step.channels, known),
    ...unknownNames(
      `steps.${index}.onCall`,
      "rotation",
      step.onCall === null ? [] : [step.onCall],
      rotations.map(({ id }) => id),
    ),
    ...(step.during !== null && !isTimeZone(step.during.timeZone)
      ? [{ field: `steps.${index}.during.timeZone`, message: zoneMessage }]
      : []),
    ...(step.during !== null && step.during.toMinute <= step.during.fromMinute
      ? [{ field: `steps.${index}.during.toMinute`, message: "after fromMinute" }]
      : []),
  ]);
}

/**
 * Creates or replaces a rotation.
 *
 * @throws ProblemError `invalid-request`
 */
export function writeRotation(
  db: D1Database,
  rotation: Rotation,
  { now, by }: Act,
): Promise<{ readonly created: boolean }> {
  if (!isTimeZone(rotation.timeZone)) {
    throw invalidRequest([{ field: "timeZone", message: zoneMessage }]);
  }
  return changeAlerting(
    db,
    now,
    () => readAlertingDocuments(db),
    (documents) => {
      const before = documents.rotations.find(({ id }) => id === rotation.id);
      const same = JSON.stringify(before) === JSON.stringify(rotation);
      return {
        writes: {},
        more: same ? [] : kept(db, "rotation", rotation.id, rotation, documents, { now, by }),
        result: { created: before === undefined },
      };
    },
  );
}

/** Deletes a policy that no rule names. @throws ProblemError `not-found` or `conflict` */
export function removePolicy(db: D1Database, id: string, act: Act): Promise<void> {
  return changeAlerting(
    db,
    act.now,
    () => readAlertingDocuments(db),
    (documents) => {
      if (!documents.policies.some((policy) => policy.id === id)) throw noSuchPolicy(documents);
      if (id === defaultPolicy) {
        throw new ProblemError("conflict", "It is what alerts triggered by hand go by: change it.");
      }
      refuseInUse("rules", usedByRules(documents, id));
      return { writes: {}, more: kept(db, "policy", id, null, documents, act), result: undefined };
    },
  );
}

/** Deletes a rotation that no policy names. @throws ProblemError `not-found` or `conflict` */
export function removeRotation(db: D1Database, id: string, act: Act): Promise<void> {
  return changeAlerting(
    db,
    act.now,
    () => readAlertingDocuments(db),
    (documents) => {
      if (!documents.rotations.some((one) => one.id === id)) throw noSuchRotation(documents);
      refuseInUse("policies", usedByPolicies(documents, id));
      return {
        writes: {},
        more: kept(db, "rotation", id, null, documents, act),
        result: undefined,
      };
    },
  );
}

/** Ids of the rules that name a policy. */
export function usedByRules({ rules }: AlertingDocuments, policy: string): string[] {
  return rules.filter((rule) => rule.policy === policy).map(({ id }) => id);
}

/** Ids of the policies that name a rotation. */
export function usedByPolicies({ policies }: AlertingDocuments, rotation: string): string[] {
  return policies
    .filter(({ steps }) => steps.some(({ onCall }) => onCall === rotation))
    .map(({ id }) => id);
}

/** The problem for a policy that is not there. */
export function noSuchPolicy({ policies }: AlertingDocuments): ProblemError {
  return missing("policy", policies);
}

/** The problem for a rotation that is not there. */
export function noSuchRotation({ rotations }: AlertingDocuments): ProblemError {
  return missing("rotation", rotations);
}

function missing(what: string, all: readonly { readonly id: string }[]): ProblemError {
  const known = all.length === 0 ? "there is none" : all.map(({ id }) => id).join(", ");
  return new ProblemError("not-found", `No such ${what}. Known: ${known}.`);
}

function refuseInUse(by: string, users: readonly string[]): void {
  if (users.length === 0) return;
  throw new ProblemError("conflict", `In use by the ${by} ${users.join(", ")}: change them first.`);
}

function kept(
  db: D1Database,
  kind: "policy" | "rotation",
  id: string,
  document: unknown,
  { version }: AlertingDocuments,
  { now, by }: Act,
): D1PreparedStatement[] {
  return changeDocument(db, { kind, id, document, version, at: now, author: by });
}
