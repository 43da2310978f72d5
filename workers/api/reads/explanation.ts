/** The answer of GET /api/monitoring/alerts/{id}/explain. */
import { alertRuleSchema } from "../../../shared/contract/alerting/rule.ts";
import { alertIdOf, type Explanation } from "../../../shared/contract/api/alerts.ts";
import { explainEscalation, explainInWords } from "../../../shared/domain/alerting/explain.ts";
import {
  decisionWords,
  type TimelineNotification,
} from "../../../shared/domain/alerting/timeline.ts";
import { nextInHours } from "../../../shared/local-days.ts";
import { readAlerts } from "../../../shared/storage/alerting/alert-list.ts";
import { readAlertingDocuments, readChangeAt } from "../../../shared/storage/alerting/documents.ts";
import { readHandledByKey } from "../../../shared/storage/alerting/incident-pages.ts";
import { readDecisions, readHistory } from "../../../shared/storage/alerting/timeline.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { alertDocument } from "./alert-documents.ts";
import { fromDatabase } from "./from-database.ts";
import { instant, instantOrNull } from "./instant.ts";

const mostDecisions = 100;

/**
 * Explains an alert by its key; null where nothing is known of it.
 *
 * @param runbooks where runbooks of rules that have none of their own are
 */
export async function readExplanation(
  db: D1Database,
  key: string,
  now: number,
  runbooks: string | undefined,
): Promise<Explanation | null> {
  const [plan, [alert], decisions, documents] = await Promise.all([
    fromDatabase(readPlan(db)),
    fromDatabase(readAlerts(db, key)),
    fromDatabase(readDecisions(db, key, mostDecisions)),
    fromDatabase(readAlertingDocuments(db)),
  ]);
  const last = decisions.at(-1);
  if (!alert && !last) return null;
  const ruleId = alert?.rule ?? key.split("/")[0] ?? "";
  const current = documents.rules.find(({ id }) => id === ruleId) ?? null;
  const kept = await fromDatabase(readChangeAt(db, "rule", ruleId, last?.at ?? now));
  const parsed = alertRuleSchema.safeParse(kept?.document ?? current);
  const rule = parsed.success ? parsed.data : null;
  const keys = [...new Set(decisions.flatMap(({ incident }) => incident ?? []))];
  const incidents = await fromDatabase(readHandledByKey(db, keys));
  const own = incidents.find((one) => one.key === last?.incident) ?? null;
  const [merged] =
    own?.mergedInto == null ? [] : await fromDatabase(readHandledByKey(db, [own.mergedInto]));
  const root = merged ?? own;
  const { notifications } = await fromDatabase(
    readHistory(db, [...new Set([...keys, ...(root === null ? [] : [root.key])])]),
  );
  const policy = documents.policies.find(({ id }) => id === root?.page?.policy) ?? null;
  const escalation = root === null ? null : explainEscalation(root, policy, now, nextInHours);
  const numbers = new Map(incidents.map((one) => [one.key, one.number]));
  const told = {
    alert: alert ?? null,
    rule,
    decisions,
    escalation,
    notifications,
  };
  return {
    id: alertIdOf(key),
    words: explainInWords(told, now),
    alert: alert ? alertDocument(alert, plan, runbooks) : null,
    rule:
      rule === null
        ? null
        : { id: ruleId, asOf: kept && kept.at > 0 ? instant(kept.at) : null, document: rule },
    decisions: decisions.map((decision) => ({
      at: instant(decision.at),
      incident: decision.incident === null ? null : (numbers.get(decision.incident) ?? null),
      decision: decision.decision,
      because: decision.because,
      data: { ...decision.data },
      words: decisionWords(decision),
    })),
    incident:
      root === null
        ? null
        : {
            number: root.number,
            title: root.title,
            mergedFrom: own !== null && own.number !== root.number ? own.number : null,
          },
    escalation:
      escalation === null || root?.page == null
        ? null
        : {
            policy: root.page.policy,
            stepsTaken: root.page.stepsTaken,
            startedAt: instant(root.page.startedAt),
            channels: [...root.page.channels],
            stopped: escalation.stopped,
            nextStepAt: instantOrNull(finiteOrNull(escalation.nextStepAt)),
            steps: escalation.steps.map(({ step, dueAt, state }) => ({
              afterSeconds: step.afterSeconds,
              channels: [...step.channels],
              onCall: step.onCall,
              levels: [...step.levels],
              dueAt: instantOrNull(finiteOrNull(dueAt)),
              state,
            })),
          },
    notifications: notifications.map(notificationDocument),
  };
}

function finiteOrNull(seconds: number | null): number | null {
  return seconds !== null && Number.isFinite(seconds) ? seconds : null;
}

/** A notification as operators see it. */
export function notificationDocument(one: TimelineNotification) {
  const open = one.state === "pending" || one.state === "leased";
  return {
    id: alertIdOf(one.id),
    channel: one.channel,
    kind: one.kind,
    because: one.because,
    onCall: one.onCall,
    fallbackOf: one.fallbackOf === null ? null : alertIdOf(one.fallbackOf),
    state: one.state,
    createdAt: instant(one.createdAt),
    attempts: one.attempts,
    nextAttemptAt: open ? instant(one.nextAt) : null,
    sentAt: instantOrNull(one.sentAt),
    receipt: one.receipt,
    failure: one.failure,
    failureDetail: one.failureDetail,
  };
}
