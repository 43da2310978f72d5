/** A report's document, from what is known of its period. No time but the period's stands in it. */
import type { Many, Measured, Total } from "../contract/api/sla.ts";
import type { Figures, Latency, ReportDocument } from "../contract/report.ts";
import { meanOf, percentiles } from "../domain/distribution.ts";
import { type MaintenanceWindow, occurrencesOf, selects } from "../domain/maintenance.ts";
import type { Monitor } from "../domain/monitor.ts";
import { type ReportKind, reportPeriodName } from "../domain/report.ts";
import { mergeRollups, type Rollup } from "../domain/rollup.ts";
import { relativeError } from "../domain/sketch.ts";
import { intersect } from "../domain/span.ts";
import { instant, instantOrNull } from "../instant.ts";
import type { OutageOfSpan } from "../storage/outage-measures.ts";
import type { Facts } from "./facts.ts";
import { kpisOf } from "./kpis.ts";
import { nextTime } from "./material.ts";
import { rollupKey, toWholeHours } from "./rollups-of-window.ts";
import { windowDocument } from "./window.ts";

/** As many outages are listed: the longest. */
export const mostOutages = 500;

/** What a report is called by. */
export interface ReportTitle {
  readonly kind: ReportKind;
  readonly zone: string;
}

/** The document of a period that is over; the facts' window is the period. */
export function reportDocument({ kind, zone }: ReportTitle, facts: Facts): ReportDocument {
  const { window: period, sla, monitors } = facts;
  const { regions } = facts.present.plan;
  return {
    format: 1,
    kind,
    zone,
    name: reportPeriodName(kind, zone, period),
    period: windowDocument(period),
    total: {
      ...countsOf(sla.total),
      figures: figuresOf(sla.total.overall),
      latency: latencyOf([...facts.rollups.values()]),
    },
    groups: sla.groups.map(({ name, ...many }) => ({
      name,
      monitors: many.monitors,
      figures: figuresOf(many.overall),
    })),
    regions: regions.flatMap(({ id, number }) => {
      const measured = sla.total.regions[id];
      if (!measured) return [];
      const own = monitors.flatMap((one) => facts.rollups.get(rollupKey(one.number, number)) ?? []);
      return [{ id, figures: figuresOf(measured), latency: latencyOf(own) }];
    }),
    monitors: sla.monitors.map(({ monitor, window, ...measured }) => {
      const own = regions.flatMap(
        ({ number }) => facts.rollups.get(rollupKey(monitor.number, number)) ?? [],
      );
      return {
        id: monitor.id,
        name: monitor.name,
        group: monitor.group,
        target: measured.overall.target,
        met: measured.overall.met,
        window: windowDocument(window),
        figures: figuresOf(measured.overall),
        budget: measured.overall.budget,
        latency: latencyOf(own),
        regions: regions.flatMap(({ id, number }) => {
          const region = measured.regions[id];
          if (!region) return [];
          const rollup = facts.rollups.get(rollupKey(monitor.number, number));
          return [{ id, figures: figuresOf(region), latency: latencyOf(rollup ? [rollup] : []) }];
        }),
      };
    }),
    outages: outagesOf(facts),
    exclusions: exclusionsOf(facts.maintenance, facts),
    latencyFrom: {
      resolution: "rollups of hours and days",
      ...windowDocument(toWholeHours(period)),
      relativeError,
    },
    kpis: kpisOf(facts),
  };
}

/**
 * An outage as it was seen at the end of its period: what came after does not change what is said
 * of the period.
 */
export function atPeriodEnd(outage: OutageOfSpan, to: number): OutageOfSpan {
  const { endedAt } = outage;
  return endedAt === null || endedAt > to ? { ...outage, endedAt: null } : outage;
}

function countsOf({ monitors, met, missed }: Many) {
  return { monitors, met, missed, notKnown: monitors - met - missed };
}

function figuresOf(measured: Measured | Total): Figures {
  return {
    availability: measured.availability,
    percent: measured.percent,
    worst: measured.worst,
    best: measured.best,
    upSeconds: measured.upSeconds,
    degradedSeconds: measured.degradedSeconds,
    downSeconds: measured.downSeconds,
    unknownSeconds: measured.unknownSeconds,
    excludedSeconds: measured.excludedSeconds,
    outages: measured.outages,
    longestOutageSeconds: measured.longestOutageSeconds,
    mttrSeconds: measured.mttrSeconds,
    mtbfSeconds: measured.mtbfSeconds,
    expectedChecks: measured.coverage.expectedChecks,
    coveredChecks: measured.coverage.coveredChecks,
  };
}

function latencyOf(rollups: readonly Rollup[]): Latency {
  const { latency } = mergeRollups(rollups);
  const [p50 = null, p90 = null, p95 = null, p99 = null] = percentiles(
    latency,
    [0.5, 0.9, 0.95, 0.99],
  ).map(tenths);
  return { count: latency.count, average: tenths(meanOf(latency)), p50, p90, p95, p99 };
}

/** Milliseconds to a tenth: the sketch knows no more. */
function tenths(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}

function outagesOf({ outages, present, window }: Facts): ReportDocument["outages"] {
  const names = new Map(present.plan.monitors.map(({ id, name }) => [id, name]));
  const seen = outages.map((outage) => {
    const { endedAt, ...rest } = atPeriodEnd(outage, window.to);
    const seconds =
      Math.min(endedAt ?? window.to, window.to) - Math.max(rest.startedAt, window.from);
    return { ...rest, endedAt, seconds };
  });
  const listed = seen.toSorted((a, b) => b.seconds - a.seconds).slice(0, mostOutages);
  return {
    total: seen.length,
    listed: listed
      .sort((a, b) => a.startedAt - b.startedAt || a.number - b.number)
      .map(({ number, monitorId, cause, endedAt, ...outage }) => ({
        number,
        monitor: { id: monitorId, name: names.get(monitorId) ?? null },
        startedAt: instant(outage.startedAt),
        detectedAt: instant(outage.detectedAt),
        endedAt: instantOrNull(endedAt),
        secondsInPeriod: outage.seconds,
        // Of one that went on it is not settled yet.
        reopenings: endedAt === null ? null : outage.reopenings,
        cause:
          cause === null
            ? null
            : { reason: cause.reason, detail: cause.detail, regions: [...cause.regions] },
        falseAlarm: outage.falseAlarmAt !== null,
      })),
  };
}

function exclusionsOf(
  windows: readonly MaintenanceWindow[],
  { monitors, window }: { readonly monitors: readonly Monitor[]; readonly window: Facts["window"] },
): ReportDocument["exclusions"] {
  return windows
    .flatMap((one) =>
      one.versions.flatMap((version) => {
        const meant = monitors.filter((monitor) => selects(version.selector, monitor)).length;
        return occurrencesOf({ ...one, versions: [version] }, window, nextTime).map((span) => ({
          kind: one.kind,
          name: one.name,
          meant,
          span,
        }));
      }),
    )
    .flatMap(({ kind, name, meant, span }) =>
      intersect([span], [window]).map((part) => ({ kind, name, meant, part })),
    )
    .sort((a, b) => a.part.from - b.part.from)
    .map(({ kind, name, meant, part }) => ({
      kind,
      name,
      ...windowDocument(part),
      monitors: meant,
    }));
}
