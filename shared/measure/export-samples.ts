/**
 * What exporters of metrics tell, whatever the service: samples under the names of the Prometheus
 * exposition (docs/prometheus), so that a query moves from one to the other. Pure.
 */

import type { AlertMemory } from "../domain/alerting/memory.ts";
import { priorities } from "../domain/alerting/priority.ts";
import { levels } from "../domain/alerting/rule.ts";
import { freshness } from "../domain/freshness.ts";
import { inbound } from "../domain/inbound.ts";
import type { Monitor } from "../domain/monitor.ts";
import type { Plan } from "../domain/plan.ts";
import { type Known, presentOverall } from "../domain/present-status.ts";
import { statuses } from "../domain/status.ts";
import type { MinuteResult } from "../storage/exports.ts";
import type { NotificationCount } from "../storage/scrape.ts";

/**
 * `gauge`: what is so at a time. `delta`: how many in the stretch `since` to `at`. `since-day`: how
 * many since the day began (UTC), which is `since`.
 */
export type SampleKind = "gauge" | "delta" | "since-day";

/** Every metric that is exported. */
export const exportedMetrics = {
  probe_success: { kind: "gauge", unit: "1", help: "Whether the newest probe succeeded" },
  probe_duration_seconds: { kind: "gauge", unit: "s", help: "How long the newest probe took" },
  netpost_probe_results: { kind: "delta", unit: "1", help: "Results of probes, by outcome" },
  netpost_monitor_status: {
    kind: "gauge",
    unit: "1",
    help: "Status of a monitor over all regions: 1 for the one it has",
  },
  netpost_incidents_open: {
    kind: "gauge",
    unit: "1",
    help: "Incidents that go on, by priority",
  },
  netpost_alerts: { kind: "gauge", unit: "1", help: "Alerts by state and severity" },
  netpost_notifications: {
    kind: "since-day",
    unit: "1",
    help: "Notifications decided since the day began (UTC) that were sent, or folded into a newer one",
  },
  netpost_notifications_undelivered: {
    kind: "gauge",
    unit: "1",
    help: "Notifications decided since the day began (UTC) that wait, or were given up (dead)",
  },
  netpost_tick_lag_seconds: { kind: "gauge", unit: "s", help: "How old the newest data is" },
  netpost_stale: {
    kind: "gauge",
    unit: "1",
    help: "Whether data is so old that every status is unknown",
  },
} as const satisfies Record<
  string,
  { readonly kind: SampleKind; readonly unit: "1" | "s"; readonly help: string }
>;

export type ExportedMetric = keyof typeof exportedMetrics;

/** One value of a metric. */
export interface ExportSample {
  readonly name: ExportedMetric;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Epoch seconds. */
  readonly at: number;
  /** Where counting began, epoch seconds; null: nothing is counted. */
  readonly since: number | null;
}

/** What is so at present, as far as it is exported. */
export interface PresentState {
  readonly known: Known;
  readonly alerting: AlertMemory;
  /** Of those decided since `dayStart`. */
  readonly notifications: readonly NotificationCount[];
  /** Epoch seconds. */
  readonly dayStart: number;
}

/**
 * The samples of one minute's results: of each monitor and region the newest probe that says
 * something of the target, and how many results of each outcome there were (none are left out).
 *
 * @param minute epoch seconds, its beginning; the results are those of its 60 seconds
 */
export function minuteSamples(
  plan: Plan,
  minute: number,
  results: readonly MinuteResult[],
): ExportSample[] {
  const monitors = new Map(plan.monitors.map((monitor) => [monitor.number, monitor]));
  const regions = new Map([...plan.regions, inbound].map(({ number, id }) => [number, id]));
  const groups = Map.groupBy(results, ({ monitor, region }) => `${monitor}/${region}`);
  return [...groups.values()].flatMap((group): ExportSample[] => {
    const [first] = group;
    if (first === undefined) return [];
    const monitor = monitors.get(first.monitor);
    const region = regions.get(first.region);
    // No longer in the plan: nobody looks at it any more.
    if (monitor === undefined || region === undefined) return [];
    const labels = { ...labelsOf(monitor), region };
    const newest = group.findLast(({ outcome }) => outcome !== "unknown");
    return [
      ...(newest === undefined ? [] : probeSamples(newest, labels)),
      ...statuses.flatMap((outcome): ExportSample[] => {
        const value = group.filter((one) => one.outcome === outcome).length;
        if (value === 0) return [];
        return [
          {
            ...{ name: "netpost_probe_results", labels: { ...labels, outcome }, value },
            ...{ at: minute + 60, since: minute },
          },
        ];
      }),
    ];
  });
}

function probeSamples(
  { time, outcome, latencyMs }: MinuteResult,
  labels: ExportSample["labels"],
): ExportSample[] {
  const success = gauge("probe_success", labels, outcome === "down" ? 0 : 1, time);
  if (latencyMs === null) return [success];
  return [success, gauge("probe_duration_seconds", labels, latencyMs / 1000, time)];
}

/** The samples of what is so now. */
export function presentSamples(plan: Plan, state: PresentState): ExportSample[] {
  const { known, alerting, notifications, dayStart } = state;
  const at = known.now;
  const { lagSeconds, stale } = freshness(at, known.lastSpans);
  const alerts = [...alerting.alerts.values()];
  const open = [...alerting.incidents.values()].filter(
    ({ endedAt, mergedInto }) => endedAt === null && mergedInto === null,
  );
  const channels = [...new Set(notifications.map(({ channel }) => channel))].sort();
  const count = (channel: string, ...states: readonly string[]) =>
    notifications
      .filter((one) => one.channel === channel && states.includes(one.state))
      .reduce((sum, one) => sum + one.count, 0);
  return [
    ...plan.monitors.flatMap((monitor) => {
      const present = presentOverall(known, monitor).status;
      return statuses.map((status) =>
        gauge(
          "netpost_monitor_status",
          { ...labelsOf(monitor), status },
          Number(status === present),
          at,
        ),
      );
    }),
    ...priorities.map((priority) =>
      gauge(
        "netpost_incidents_open",
        { priority },
        open.filter((one) => one.priority === priority).length,
        at,
      ),
    ),
    ...(["pending", "firing"] as const).flatMap((phase) =>
      levels.map((severity) =>
        gauge(
          "netpost_alerts",
          { state: phase, severity },
          alerts.filter((one) => one.state.phase === phase && one.state.level === severity).length,
          at,
        ),
      ),
    ),
    ...channels.flatMap((channel): ExportSample[] => [
      ...(["sent", "superseded"] as const).map((outcome): ExportSample => {
        const value = count(channel, outcome);
        const labels = { channel, outcome };
        return { name: "netpost_notifications", labels, value, at, since: dayStart };
      }),
      gauge(
        "netpost_notifications_undelivered",
        { channel, state: "waiting" },
        count(channel, "pending", "leased"),
        at,
      ),
      gauge(
        "netpost_notifications_undelivered",
        { channel, state: "dead" },
        count(channel, "dead"),
        at,
      ),
    ]),
    ...(lagSeconds === null
      ? []
      : [gauge("netpost_tick_lag_seconds", {}, Math.max(0, lagSeconds), at)]),
    gauge("netpost_stale", {}, Number(stale), at),
  ];
}

function gauge(
  name: ExportedMetric,
  labels: ExportSample["labels"],
  value: number,
  at: number,
): ExportSample {
  return { name, labels, value, at, since: null };
}

function labelsOf({ id, group, category }: Monitor): Record<string, string> {
  return { monitor: id, group, ...(category && { category }) };
}
