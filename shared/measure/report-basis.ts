/** What a report was computed from: versions, and a digest of each kind of input. */
import type { ReportBasis } from "../contract/report.ts";
import { encodeSketch } from "../domain/sketch-text.ts";
import { version } from "../version.ts";
import { type Facts, kpiMetrics } from "./facts.ts";
import { digestOf, type Json } from "./report-digest.ts";
import { atPeriodEnd } from "./report-document.ts";
import type { MetricOfWindow } from "./rollups-of-window.ts";

/** The kinds of input, in the order in which they are told. */
export const inputKinds = [
  "exclusions",
  "transitions",
  "coverage",
  "outages",
  "incidents",
  "responses",
  "metrics",
  "healthScores",
] as const;

export type InputKind = (typeof inputKinds)[number];

/** The basis of a report made of these facts. */
export async function basisOf(facts: Facts, ledgerVersion: number): Promise<ReportBasis> {
  const inputs = await Promise.all(
    inputKinds.map(async (kind) => [kind, await digestOf(inputForms[kind](facts))] as const),
  );
  return {
    software: version,
    planRevision: facts.present.plan.revision,
    ledgerVersion,
    inputs: Object.fromEntries(inputs),
  };
}

/** Each kind of input as it was inside the period. */
const inputForms: Readonly<Record<InputKind, (facts: Facts) => Json>> = {
  exclusions: ({ monitors, excluded }) =>
    monitors.map(({ id, number }) => [id, excluded(number).map(({ from, to }) => [from, to])]),
  transitions: ({ points }) =>
    points.map(({ monitor, scope, points: changes }) => [
      monitor,
      scope,
      changes.map(({ at, status }) => [at, status]),
    ]),
  // A span that goes on grows: what lies after the period is none of its business.
  coverage: ({ coverage, window }) =>
    coverage.map(({ region, step, from, to }) => [region, step, from, Math.min(to, window.to)]),
  outages: ({ outages, window }) =>
    outages.map((outage) => {
      const { number, monitorId, startedAt, detectedAt, endedAt, falseAlarmAt, reopenings } =
        atPeriodEnd(outage, window.to);
      const settled = endedAt === null ? null : reopenings;
      return [number, monitorId, startedAt, detectedAt, endedAt, settled, falseAlarmAt !== null];
    }),
  incidents: ({ incidents, window }) =>
    incidents.map((one) => {
      const inside = (at: number | null) => (at !== null && at < window.to ? at : null);
      const { key, priority, startedAt, detectedAt, endedAt, acknowledgedAt } = one;
      const times = [startedAt, detectedAt, inside(acknowledgedAt), inside(endedAt)];
      // Of an outage's own it is told with the outage.
      const isFalse = one.origin === "outage" ? null : one.falseAlarmAt !== null;
      return [key, priority, ...times, one.merged, one.told, isFalse];
    }),
  responses: ({ rollups }) =>
    [...rollups].map(([key, { outcomes, attempts, latency }]) => [
      key,
      [outcomes.up, outcomes.degraded, outcomes.down, outcomes.unknown, attempts],
      [latency.count, latency.sum, latency.min, latency.max, encodeSketch(latency.sketch)],
    ]),
  metrics: ({ requestErrorRate, databaseQuery }) => [
    [kpiMetrics.requestErrorRate, metricInput(requestErrorRate)],
    [kpiMetrics.databaseQuery, metricInput(databaseQuery)],
  ],
  healthScores: ({ health }) => [health.known.count, health.known.sum, health.unknown],
};

function metricInput({ series, values }: MetricOfWindow): Json {
  return [series, values.count, values.sum];
}
