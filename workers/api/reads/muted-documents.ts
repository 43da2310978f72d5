/** What a silence or a maintenance window muted, as operators see it. */
import { alertIdOf } from "../../../shared/contract/api/alerts.ts";
import type { TimelineDecision } from "../../../shared/domain/alerting/timeline.ts";
import { instant } from "../../../shared/instant.ts";

/** So many are listed at most. */
export const mostMuted = 100;

/** The documents of decisions, in their order. */
export function mutedDocuments(decisions: readonly TimelineDecision[]) {
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  return decisions.map(({ alert, at, data }) => ({
    alert: alertIdOf(alert),
    at: instant(at),
    level: text(data["level"]),
    detail: text(data["detail"]),
  }));
}
