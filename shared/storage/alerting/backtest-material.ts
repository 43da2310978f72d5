/** What a backtest reads of the past, beside what others read as well. It writes nothing. */
import { z } from "zod";
import type { OutageSpan } from "../../domain/alerting/samples.ts";
import { failureReasons, ownFaults } from "../../domain/reason.ts";
import type { RecordedResult } from "../../domain/recording.ts";
import type { Outcome } from "../../domain/result.ts";
import type { Span } from "../../domain/span.ts";
import { decodeOutcome, decodeReason } from "../codes.ts";
import type { CheckKey } from "../queries.ts";
import { causeColumn, resultColumns } from "../rows.ts";

const failureReason = z.enum(failureReasons);
const ownFault = z.enum(ownFaults);

const resultRow = resultColumns.transform((row): RecordedResult => {
  const { time, monitor, region, attempts, latency_ms: latencyMs, metrics } = row;
  return { time, monitor, region, attempts, latencyMs, metrics, outcome: outcomeOf(row) };
});

function outcomeOf(row: {
  readonly outcome: number;
  readonly reason: number | null;
  readonly detail: string | null;
}): Outcome {
  const outcome = decodeOutcome(row.outcome);
  if (outcome === "up") return { outcome };
  const reason = row.reason === null ? null : decodeReason(row.reason);
  const detail = row.detail ?? "";
  return outcome === "unknown"
    ? { outcome, reason: ownFault.parse(reason), detail }
    : { outcome, reason: failureReason.parse(reason), detail };
}

/** So that an answer of D1 stays small, whatever the number of regions. */
const checksAtOnce = 3_000;

/** Reads the results of checks by their keys, as recording takes them: a row per check and region. */
export async function readRecordedResults(
  db: D1Database,
  checks: readonly CheckKey[],
): Promise<RecordedResult[]> {
  const found: RecordedResult[] = [];
  for (let index = 0; index < checks.length; index += checksAtOnce) {
    const keys = checks.slice(index, index + checksAtOnce).map((one) => [one.time, one.monitor]);
    const { results } = await db
      .prepare(
        `SELECT results.time, results.monitor, results.region, results.outcome, results.attempts,
           results.latency_ms, results.reason, results.detail, results.metrics
         FROM json_each(?1) AS wanted
         CROSS JOIN results ON results.time = wanted.value ->> 0
           AND results.monitor = wanted.value ->> 1`,
      )
      .bind(JSON.stringify(keys))
      .all();
    for (const row of results) found.push(resultRow.parse(row));
  }
  return found;
}

/** A monitor's latest outage before a time, as it came to be since. */
export interface EarlierOutage extends OutageSpan {
  readonly reopenings: number;
}

const outageRow = z
  .object({
    monitor: z.int(),
    started_at: z.int(),
    detected_at: z.int(),
    ended_at: z.int().nullable(),
    reopenings: z.int(),
    cause: causeColumn,
  })
  .transform(
    (row): EarlierOutage => ({
      monitor: row.monitor,
      startedAt: row.started_at,
      detectedAt: row.detected_at,
      endedAt: row.ended_at,
      reopenings: row.reopenings,
      cause: row.cause,
    }),
  );

/** Reads the latest outage of each monitor that began before a time, epoch seconds. */
export async function readLatestOutages(
  db: D1Database,
  monitors: readonly number[],
  before: number,
): Promise<EarlierOutage[]> {
  const { results } = await db
    .prepare(
      `SELECT outages.monitor, outages.started_at, outages.detected_at, outages.ended_at,
         outages.reopenings, outages.cause
       FROM json_each(?1) AS wanted
       CROSS JOIN outages ON outages.monitor = wanted.value AND outages.started_at = (
         SELECT max(last.started_at) FROM outages AS last
         WHERE last.monitor = wanted.value AND last.started_at < ?2)`,
    )
    .bind(JSON.stringify(monitors), before)
    .all();
  return z.array(outageRow).parse(results);
}

/** A notification as it was decided, and what became of it. Epoch seconds. */
export interface SentPage {
  readonly at: number;
  readonly incident: string;
  readonly channel: string;
  readonly kind: string;
  readonly because: string;
  readonly state: string;
  readonly sentAt: number | null;
  readonly title: string;
  readonly monitor: string | null;
}

const pageRow = z
  .object({
    created_at: z.int(),
    incident: z.string(),
    channel: z.string(),
    kind: z.string(),
    because: z.string(),
    state: z.string(),
    sent_at: z.int().nullable(),
    title: z.string().nullable(),
    monitor: z.string().nullable(),
  })
  .transform(
    ({ created_at: at, sent_at: sentAt, title, ...row }): SentPage => ({
      ...row,
      at,
      sentAt,
      title: title ?? row.incident,
    }),
  );

/**
 * Reads the notifications that were decided in a window, in order, at most `limit`; those that took
 * another channel's place are left out: delivering them was no decision of a rule.
 */
export async function readSentPages(
  db: D1Database,
  window: Span,
  limit: number,
): Promise<SentPage[]> {
  const { results } = await db
    .prepare(
      `SELECT notifications.created_at, notifications.incident, notifications.channel,
         notifications.kind, notifications.because, notifications.state, notifications.sent_at,
         incidents.title, incidents.monitor
       FROM notifications INDEXED BY notifications_by_time
       LEFT JOIN incidents ON incidents.key = notifications.incident
       WHERE notifications.created_at >= ?1 AND notifications.created_at < ?2
         AND notifications.fallback_of IS NULL
       ORDER BY notifications.created_at LIMIT ?3`,
    )
    .bind(window.from, window.to, limit)
    .all();
  return z.array(pageRow).parse(results);
}

/** What a person did to an incident. Epoch seconds. */
export interface IncidentAct {
  readonly at: number;
  readonly incident: string;
  readonly kind: string;
  readonly author: string;
  readonly text: string;
}

const actRow = z.object({
  at: z.int(),
  incident: z.string(),
  kind: z.string(),
  author: z.string(),
  text: z.string(),
}) satisfies z.ZodType<IncidentAct>;

/** Reads what people did in a window to incidents that went on in it, in order of time. */
export async function readIncidentActs(db: D1Database, window: Span): Promise<IncidentAct[]> {
  const { results } = await db
    .prepare(
      `SELECT incident_events.at, incident_events.incident, incident_events.kind,
         incident_events.author, incident_events.text
       FROM incidents CROSS JOIN incident_events ON incident_events.incident = incidents.key
         AND incident_events.at >= ?1 AND incident_events.at < ?2
       WHERE incidents.number IN (
           SELECT number FROM incidents INDEXED BY open_incidents WHERE ended_at IS NULL
           UNION SELECT number FROM incidents INDEXED BY ended_incidents WHERE ended_at >= ?1)
         AND incident_events.author IS NOT NULL`,
    )
    .bind(window.from, window.to)
    .all();
  return z
    .array(actRow)
    .parse(results)
    .sort((a, b) => a.at - b.at);
}

/** What was configured anew in a window. */
export interface ConfiguredAnew {
  /** How often the monitors' configuration was applied. */
  readonly plans: number;
  /** Rules and policies, as `rule/slow`. */
  readonly documents: readonly string[];
}

const countRow = z.object({ count: z.int() });
const documentRow = z.object({ kind: z.string(), id: z.string() });

/**
 * Reads what was configured anew in a window.
 *
 * @param documents the rules and policies that there are, `kind` and `id`
 */
export async function readConfiguredAnew(
  db: D1Database,
  documents: readonly (readonly [kind: "rule" | "policy", id: string])[],
  window: Span,
): Promise<ConfiguredAnew> {
  const [plans, changed] = await db.batch([
    db
      .prepare(
        `SELECT count(*) AS count FROM plans
         WHERE revision > (SELECT coalesce(max(revision), 0) FROM plans WHERE applied_at < ?1)
           AND applied_at < ?2`,
      )
      .bind(window.from, window.to),
    db
      .prepare(
        `SELECT DISTINCT alerting_changes.kind, alerting_changes.id FROM json_each(?3) AS wanted
         CROSS JOIN alerting_changes ON alerting_changes.kind = wanted.value ->> 0
           AND alerting_changes.id = wanted.value ->> 1
         WHERE alerting_changes.at >= ?1 AND alerting_changes.at < ?2`,
      )
      .bind(window.from, window.to, JSON.stringify(documents)),
  ]);
  return {
    plans: countRow.parse(plans?.results[0]).count,
    documents: z
      .array(documentRow)
      .parse(changed?.results)
      .map(({ kind, id }) => `${kind}/${id}`),
  };
}
