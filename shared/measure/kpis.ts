/** The indicators of a window. */
import type { KpiDocument } from "../contract/api/kpis.ts";
import {
  deadlinesMet,
  type IncidentsOfSpan,
  p1Recovery,
} from "../domain/alerting/incident-measures.ts";
import { meanOf, percentiles } from "../domain/distribution.ts";
import { freshness } from "../domain/freshness.ts";
import { meanOf as meanScore } from "../domain/health-history.ts";
import {
  type Finding,
  judge,
  type Kpi,
  type KpiId,
  known,
  notKnown,
  share,
  shown,
} from "../domain/kpi.ts";
import { maintenanceAdherence } from "../domain/maintenance-adherence.ts";
import { alertAccuracy, timeToDetect, timeToRecover } from "../domain/outage-measures.ts";
import { mergeRollups } from "../domain/rollup.ts";
import type { Span } from "../domain/span.ts";
import { instantOrNull } from "../instant.ts";
import { type Facts, kpiMetrics, overallPoints, readFacts } from "./facts.ts";
import { liveSpan } from "./live-hour.ts";
import { nextTime, type Present } from "./material.ts";
import type { MetricOfWindow } from "./rollups-of-window.ts";
import { windowDocument } from "./window.ts";

/** The answer of GET /api/monitoring/kpis. */
export async function kpiDocument(
  db: D1Database,
  present: Present,
  window: Span,
): Promise<KpiDocument> {
  const { asOf, stale } = freshness(present.now, present.lastSpans);
  return {
    window: windowDocument(window),
    asOf: instantOrNull(asOf),
    stale,
    kpis: kpisOf(
      await readFacts(db, present, window, liveSpan(window, present.plan.monitors, present.now)),
    ).map(shown),
  };
}

/** Every indicator, in the order in which they are shown. */
export function kpisOf(facts: Facts): Kpi[] {
  const { docsReviewedOn = null, targets = {} } = facts.present.plan.kpis ?? {};
  const incidents = incidentsOf(facts);
  const findings: Readonly<Record<KpiId, Finding>> = {
    ...availabilityFindings(facts),
    timeToDetect: timeToDetect(facts),
    timeToRecover: timeToRecover(facts),
    p1Recovery: p1Recovery(incidents),
    alertAccuracy: alertAccuracy(
      facts.window,
      facts.outages,
      facts.incidents.filter(({ origin }) => origin === "alert"),
    ),
    responseDeadlinesMet: deadlinesMet(incidents),
    maintenanceAdherence: maintenanceAdherence(
      {
        within: facts.window,
        windows: facts.maintenance,
        monitors: facts.monitors.map((monitor) => ({
          ...monitor,
          intervalSeconds: monitor.schedule.intervalSeconds,
          points: overallPoints(facts, monitor),
        })),
      },
      nextTime,
    ),
    ...responseFindings(facts),
    requestErrorRate: metricMean(facts.requestErrorRate, kpiMetrics.requestErrorRate),
    databaseQueryTime: metricMean(facts.databaseQuery, kpiMetrics.databaseQuery),
    healthScore: healthFinding(facts),
    docsReviewed:
      docsReviewedOn === null
        ? notKnown("the configuration names no date (kpis.docsReviewedOn)")
        : known(docsReviewedOn, {}),
  };
  return kpiOrder.map((id) => judge(id, findings[id], targets));
}

const kpiOrder: readonly KpiId[] = [
  "uptime",
  "slaTargetsMet",
  "timeToDetect",
  "timeToRecover",
  "p1Recovery",
  "alertAccuracy",
  "responseDeadlinesMet",
  "maintenanceAdherence",
  "averageResponseTime",
  "p95ResponseTime",
  "errorRate",
  "requestErrorRate",
  "databaseQueryTime",
  "healthScore",
  "docsReviewed",
];

function availabilityFindings({ sla }: Facts) {
  const { overall, met, missed, monitors } = sla.total;
  const nothing = "no status is known in this time";
  return {
    uptime:
      overall.availability === null
        ? notKnown(nothing, { unknownSeconds: overall.unknownSeconds })
        : known(overall.availability * 100, {
            monitors,
            downSeconds: overall.downSeconds,
            unknownSeconds: overall.unknownSeconds,
            excludedSeconds: overall.excludedSeconds,
          }),
    slaTargetsMet: share(met, met + missed, nothing, {
      met,
      missed,
      notKnown: monitors - met - missed,
    }),
  };
}

function incidentsOf({ window, present, incidents, monitors, excluded }: Facts): IncidentsOfSpan {
  const numbers = new Map(monitors.map(({ id, number }) => [id, number]));
  return {
    window,
    now: present.now,
    incidents,
    excluded: (id) => {
      const number = numbers.get(id);
      return number === undefined ? [] : excluded(number);
    },
  };
}

function responseFindings({ rollups }: Facts) {
  const { latency, outcomes } = mergeRollups([...rollups.values()]);
  const average = meanOf(latency);
  const [p95 = null] = percentiles(latency, [0.95]);
  const responses = { responses: latency.count };
  const none = "no response of this time is known, or rolled up yet";
  const told = outcomes.up + outcomes.degraded + outcomes.down;
  return {
    averageResponseTime: average === null ? notKnown(none) : known(average, responses),
    p95ResponseTime: p95 === null ? notKnown(none) : known(p95, responses),
    errorRate: share(outcomes.down, told, "no result of this time is known, or rolled up yet", {
      results: told,
      failed: outcomes.down,
      leftOutAsUnknown: outcomes.unknown,
    }),
  };
}

function metricMean({ series, values }: MetricOfWindow, name: string): Finding {
  const mean = meanOf(values);
  return mean === null
    ? notKnown(`no value of ${name} is known in this time`)
    : known(mean, { values: values.count, series });
}

function healthFinding({ health }: Facts): Finding {
  const score = meanScore(health.known);
  const from = { scores: health.known.count, unknown: health.unknown };
  return score === null
    ? notKnown("no health score is known in this time", from)
    : known(score, from);
}
