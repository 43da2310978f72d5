/** The alerts that are remembered, with the incident that people handle for each. */
import { z } from "zod";
import { alertStateSchema, subjectSchema } from "../../contract/alerting/alert.ts";
import { alertRuleSchema } from "../../contract/alerting/rule.ts";
import type { AlertState, Subject } from "../../domain/alerting/alert.ts";
import type { AlertRule } from "../../domain/alerting/rule.ts";
import { jsonText, jsonTextOrNull } from "../json-column.ts";

/** An alert, and how far people are with it. Epoch seconds. */
export interface ListedAlert {
  readonly key: string;
  readonly rule: string;
  /** Null: it is not there any more, or people triggered the alert. */
  readonly definition: AlertRule | null;
  readonly subject: Subject;
  readonly state: AlertState;
  readonly value: number | null;
  readonly detail: string;
  readonly verdict: string | null;
  /** Number of the incident that people handle: what it was merged into, if it was. */
  readonly incident: number | null;
  readonly acknowledgedAt: number | null;
  readonly acknowledgedBy: string | null;
  readonly snoozedUntil: number | null;
  /** What the person who triggered it by hand called it; empty for what rules fire. */
  readonly labels: Readonly<Record<string, string>>;
}

const rowSchema = z
  .object({
    key: z.string(),
    rule: z.string(),
    definition: jsonTextOrNull(alertRuleSchema),
    subject: jsonText(subjectSchema),
    state: jsonText(alertStateSchema),
    value: z.number().nullable(),
    detail: z.string(),
    verdict: z.string().nullable(),
    number: z.int().nullable(),
    acknowledged_at: z.int().nullable(),
    acknowledged_by: z.string().nullable(),
    snoozed_until: z.int().nullable(),
    labels: jsonTextOrNull(z.record(z.string(), z.string())),
  })
  .transform(
    (row): ListedAlert => ({
      key: row.key,
      rule: row.rule,
      definition: row.definition,
      subject: row.subject,
      state: row.state,
      value: row.value,
      detail: row.detail,
      verdict: row.verdict,
      incident: row.number,
      acknowledgedAt: row.acknowledged_at,
      acknowledgedBy: row.acknowledged_by,
      snoozedUntil: row.snoozed_until,
      labels: row.labels ?? {},
    }),
  );

/**
 * Reads the alerts that are remembered: as many as something is or was lately wrong, three rows
 * each at most.
 *
 * @param key only this one; null for all
 */
export async function readAlerts(
  db: D1Database,
  key: string | null = null,
): Promise<ListedAlert[]> {
  const { results } = await db
    .prepare(
      `SELECT alerts.key, alerts.rule, alert_rules.document AS definition,
         alerts.subject, alerts.state, alerts.value, alerts.detail, alerts.verdict,
         coalesce(root.number, own.number) AS number,
         iif(root.number IS NULL, own.acknowledged_at, root.acknowledged_at) AS acknowledged_at,
         iif(root.number IS NULL, own.acknowledged_by, root.acknowledged_by) AS acknowledged_by,
         iif(root.number IS NULL, own.snoozed_until, root.snoozed_until) AS snoozed_until,
         own.labels
       FROM alerts
       LEFT JOIN alert_rules ON alert_rules.id = alerts.rule
       LEFT JOIN incidents AS own ON own.key = alerts.incident
       LEFT JOIN incidents AS root ON root.key = own.merged_into
       ${key === null ? "" : "WHERE alerts.key = ?1"}
       ORDER BY alerts.key`,
    )
    .bind(...(key === null ? [] : [key]))
    .all();
  return z.array(rowSchema).parse(results);
}
