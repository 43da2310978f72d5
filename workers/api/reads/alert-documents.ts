/** Alerts as operators see them. */
import {
  type AlertDocument,
  type AlertQuery,
  alertIdOf,
} from "../../../shared/contract/api/alerts.ts";
import { manualRule } from "../../../shared/domain/alerting/decide-alerts.ts";
import { runbookOf } from "../../../shared/domain/alerting/runbook.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import type { ListedAlert } from "../../../shared/storage/alerting/alert-list.ts";
import { instant, instantOrNull } from "./instant.ts";

/** Whether a query asks for an alert. */
export function isAsked(alert: ListedAlert, { state, level, monitor, rule }: AlertQuery): boolean {
  const { phase } = alert.state;
  return (
    (state === "all" || state === phase || (state === "active" && phase !== "resolved")) &&
    (level ?? alert.state.level) === alert.state.level &&
    (monitor ?? alert.subject.monitor) === alert.subject.monitor &&
    (rule ?? alert.rule) === alert.rule
  );
}

/**
 * An alert's document.
 *
 * @param runbooks where runbooks of rules that have none of their own are
 */
export function alertDocument(
  alert: ListedAlert,
  plan: Plan,
  runbooks: string | undefined,
): AlertDocument {
  const { state, subject } = alert;
  const monitor = plan.monitors.find(({ id }) => id === subject.monitor);
  return {
    id: alertIdOf(alert.key),
    rule: {
      id: alert.rule,
      name: alert.rule === manualRule ? "Triggered by hand" : (alert.definition?.name ?? null),
    },
    runbook: alert.definition === null ? null : runbookOf(alert.definition, runbooks ?? null),
    state: state.phase,
    level: state.level,
    monitor: subject.monitor === null ? null : { id: subject.monitor, name: monitor?.name ?? null },
    region: subject.region,
    metric: alert.rule === manualRule ? null : subject.metric,
    since: instant(state.since),
    firedAt: state.phase === "pending" ? null : instant(state.firedAt),
    resolvedAt: state.phase === "resolved" ? instant(state.resolvedAt) : null,
    value: alert.value,
    detail: alert.detail,
    verdict: alert.verdict,
    incident: alert.incident,
    acknowledged:
      alert.acknowledgedAt === null
        ? null
        : { at: instant(alert.acknowledgedAt), by: alert.acknowledgedBy ?? "" },
    snoozedUntil: instantOrNull(alert.snoozedUntil),
    // Other rules' alerts join the incident of one that was triggered by hand.
    labels: alert.rule === manualRule ? { ...alert.labels } : {},
  };
}
