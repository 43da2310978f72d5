/** Which runbook belongs to a rule: docs/runbooks has a page for each rule that comes with the product. */
import type { AlertRule } from "./rule.ts";

/** The rules that come with the product, as migrations seed them; each has a page of its name. */
export const runbookPages = [
  "budget-forecast",
  "burn-rate-fast",
  "burn-rate-slow",
  "certificate",
  "channel-away",
  "clock-skew",
  "database-faults",
  "database-time",
  "dead-letters",
  "dropped-results",
  "error-rate",
  "export-faults",
  "health-score",
  "heartbeat",
  "memory",
  "missed-ticks",
  "object-fault",
  "outbox-stuck",
  "quota",
  "region-fault",
  "response-time",
  "service-down",
  "stale-data",
  "stale-plan",
  "step-faults",
] as const;

export type RunbookPage = (typeof runbookPages)[number];

/** The page for a rule that people made: that of the rule of its kind. Null: there is none. */
function pageOfSignal({ signal }: AlertRule): RunbookPage | null {
  switch (signal.kind) {
    case "service-down":
    case "response-time":
    case "error-rate":
    case "health-score":
    case "budget-forecast":
    case "region-fault":
    case "stale-data":
    case "heartbeat":
    case "missed-ticks":
    case "object-fault":
    case "dead-letters":
    case "channel-away":
    case "quota":
    case "clock-skew":
      return signal.kind;
    case "certificate-days":
      return "certificate";
    case "burn-rate":
      return signal.longSeconds <= 3_600 ? "burn-rate-fast" : "burn-rate-slow";
    case "outbox-age":
      return "outbox-stuck";
    case "own-faults":
      return "step-faults";
    case "metric":
      return null;
  }
}

/**
 * Where the runbook of a rule is: its own, or the page of docs/runbooks.
 *
 * @param base where those pages are; null: nowhere that is known
 */
export function runbookOf(rule: AlertRule, base: string | null): string | null {
  if (rule.runbook !== null) return rule.runbook;
  const page = runbookPages.find((one) => one === rule.id) ?? pageOfSignal(rule);
  return base === null || page === null ? null : `${base.replace(/\/+$/, "")}/${page}.md`;
}
