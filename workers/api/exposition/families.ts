/** All that a scrape tells, in families. */

import { priorities } from "../../../shared/domain/alerting/priority.ts";
import { levels } from "../../../shared/domain/alerting/rule.ts";
import { burnWindowNames } from "../../../shared/domain/burn-rate.ts";
import { definitionsOf } from "../../../shared/domain/metric.ts";
import { presentByRegion, presentOverall } from "../../../shared/domain/present-status.ts";
import { type Status, statuses } from "../../../shared/domain/status.ts";
import { roundedDown } from "../../../shared/measure/health-score.ts";
import { version } from "../../../shared/version.ts";
import type { Scrape } from "../reads/scrape.ts";
import { regionStates } from "../reads/snapshot.ts";
import { counter, type Family, gauge, info, type Labels } from "./family.ts";
import { monitorLabels, probeFamilies } from "./probe-families.ts";
import { coordinatesOf } from "./region-coordinates.ts";

/** Every family, also those that have no sample. */
export function familiesOf(scrape: Scrape): Family[] {
  return [
    ...probeFamilies(scrape),
    ...monitorFamilies(scrape),
    ...alertingFamilies(scrape),
    ...metricFamilies(scrape),
    ...ownFamilies(scrape),
  ];
}

function monitorFamilies({ snapshot, slo }: Scrape): Family[] {
  const { monitors } = snapshot.plan;
  const budgets = slo.monitors.flatMap((one) => {
    const monitor = monitors.find(({ id }) => id === one.id);
    return monitor === undefined ? [] : [{ ...one, labels: monitorLabels(monitor) }];
  });
  return [
    gauge(
      "netpost_monitor_status",
      "Status of a monitor over all regions: 1 for the one it has",
      monitors.flatMap((monitor) =>
        stateSet(monitorLabels(monitor), presentOverall(snapshot, monitor).status),
      ),
    ),
    gauge(
      "netpost_monitor_region_status",
      "Status of a monitor in one region: 1 for the one it has",
      monitors.flatMap((monitor) =>
        presentByRegion(snapshot, monitor).flatMap(({ id, status }) =>
          stateSet({ ...monitorLabels(monitor), region: id }, status.status),
        ),
      ),
    ),
    gauge(
      "netpost_slo_objective_ratio",
      "Availability promised",
      budgets.map(({ labels, target }) => ({ labels, value: target })),
    ),
    gauge(
      "netpost_slo_availability_ratio",
      "Availability of the last 30 days, maintenance and unknown time left out",
      budgets.map(({ labels, availability }) => ({ labels, value: availability })),
    ),
    gauge(
      "netpost_slo_error_budget_remaining_ratio",
      "Part of the error budget of 30 days that is left; below 0 where it is overspent",
      budgets.map(({ labels, budget }) => ({ labels, value: budget.leftFraction })),
    ),
    gauge(
      "netpost_slo_burn_rate",
      "How fast the error budget burns; 1 uses it up in just its 30 days",
      budgets.flatMap(({ labels, burnRates }) =>
        burnWindowNames.map((window) => ({
          labels: { ...labels, window },
          value: burnRates[window]?.rate ?? null,
        })),
      ),
    ),
  ];
}

function stateSet(labels: Labels, present: Status) {
  return statuses.map((status) => {
    return { labels: { ...labels, status }, value: Number(status === present) };
  });
}

function alertingFamilies({ alerting, outbox, notifications, snapshot }: Scrape): Family[] {
  const alerts = [...alerting.alerts.values()];
  const open = [...alerting.incidents.values()].filter(
    ({ endedAt, mergedInto }) => endedAt === null && mergedInto === null,
  );
  const channels = [...new Set(notifications.map(({ channel }) => channel))].sort();
  const inState = (channel: string, ...states: readonly string[]) =>
    notifications
      .filter((one) => one.channel === channel && states.includes(one.state))
      .reduce((sum, { count }) => sum + count, 0);
  return [
    gauge(
      "netpost_incidents_open",
      "Incidents that go on, by priority",
      priorities.map((priority) => ({
        labels: { priority },
        value: open.filter((one) => one.priority === priority).length,
      })),
    ),
    gauge(
      "netpost_incidents_unacknowledged",
      "Incidents that go on and that nobody has acknowledged, by priority",
      priorities.map((priority) => ({
        labels: { priority },
        value: open.filter((one) => one.priority === priority && one.acknowledgedAt === null)
          .length,
      })),
    ),
    gauge(
      "netpost_alerts",
      "Alerts by state and severity",
      (["pending", "firing"] as const).flatMap((state) =>
        levels.map((severity) => ({
          labels: { state, severity },
          value: alerts.filter(
            (alert) => alert.state.phase === state && alert.state.level === severity,
          ).length,
        })),
      ),
    ),
    gauge(
      "netpost_alert_firing",
      "Alerts that fire, one by one",
      alerts
        .filter(({ state }) => state.phase === "firing")
        .map(({ rule, subject, state }) => {
          const { monitor, region, metric } = subject;
          return { labels: { rule, monitor, region, metric, severity: state.level }, value: 1 };
        }),
    ),
    counter(
      "netpost_notifications",
      "Notifications decided since the day began (UTC) that were sent, or folded into a newer one",
      channels.flatMap((channel) =>
        (["sent", "superseded"] as const).map((outcome) => {
          return { labels: { channel, outcome }, value: inState(channel, outcome) };
        }),
      ),
    ),
    gauge(
      "netpost_notifications_undelivered",
      "Notifications decided since the day began (UTC) that wait, or were given up (dead)",
      channels.flatMap((channel) => [
        { labels: { channel, state: "waiting" }, value: inState(channel, "pending", "leased") },
        { labels: { channel, state: "dead" }, value: inState(channel, "dead") },
      ]),
    ),
    gauge("netpost_outbox_waiting", "Notifications that wait to be sent", [
      { value: outbox.waiting },
    ]),
    gauge("netpost_outbox_oldest_seconds", "How long the oldest of them has waited; 0: none does", [
      {
        value: outbox.oldestSince === null ? 0 : Math.max(0, snapshot.now - outbox.oldestSince),
      },
    ]),
  ];
}

function metricFamilies({ metrics, health, snapshot }: Scrape): Family[] {
  return [
    gauge(
      "netpost_metric_value",
      "What NetPost tells of itself, as it is held against thresholds, in the unit of the label",
      metrics.map(({ definition: { name, unit, category }, value }) => {
        return { labels: { name, unit: unit === "" ? null : unit, category }, value };
      }),
    ),
    gauge(
      "netpost_metric_threshold",
      "Thresholds of these values, and on which side of them a value is bad",
      definitionsOf(snapshot.plan).flatMap(({ name, thresholds }) =>
        thresholds === null
          ? []
          : levels.map((level) => ({
              labels: { name, level, direction: thresholds.direction },
              value: thresholds[level],
            })),
      ),
    ),
    gauge("netpost_health_score", "Health score, 0 to 100; absent where nothing is known", [
      { value: health.score === null ? null : roundedDown(health.score) },
    ]),
    gauge(
      "netpost_health_category_score",
      "Health score of a category, 0 to 100",
      health.parts.map(({ category, score }) => ({
        labels: { category },
        value: score === null ? null : roundedDown(score),
      })),
    ),
  ];
}

function ownFamilies({ snapshot, coverage, counts }: Scrape): Family[] {
  const { plan, freshness } = snapshot;
  const regions = regionStates(snapshot);
  const hints = new Map(plan.regions.map(({ id, locationHint }) => [id, locationHint]));
  return [
    gauge("netpost_tick_lag_seconds", "How old the newest data is", [
      { value: freshness.lagSeconds === null ? null : Math.max(0, freshness.lagSeconds) },
    ]),
    gauge("netpost_stale", "Whether data is so old that every status is unknown", [
      { value: Number(freshness.stale) },
    ]),
    gauge(
      "netpost_region_reporting",
      "Whether a region took part in the newest round",
      regions.map(({ id, state }) => ({
        labels: { region: id },
        value: Number(state === "reporting"),
      })),
    ),
    gauge(
      "netpost_region_coverage",
      "Part of the last hour in which a region was looking, 0 to 1",
      [...coverage].map(([region, value]) => ({ labels: { region }, value })),
    ),
    gauge(
      "netpost_region_dropped_rounds",
      "Rounds that a region's objects had to drop before they were recorded",
      regions.map(({ id, droppedRounds }) => ({ labels: { region: id }, value: droppedRounds })),
    ),
    info(
      "netpost_region",
      "Where a region is: the hint it was placed by, about where that is, where it really runs",
      regions.map(({ id, colos }) => {
        const hint = hints.get(id) ?? null;
        const place = colos.join(",");
        return {
          region: id,
          location_hint: hint,
          ...(hint !== null && coordinatesOf(hint)),
          colos: place === "" ? null : place,
        };
      }),
    ),
    gauge("netpost_counters_since_timestamp_seconds", "From when on the counters here count", [
      { value: counts.since },
    ]),
    gauge(
      "netpost_counters_complete",
      "0 where there are too many results to count them for every scrape: they are left out then",
      [{ value: Number(counts.byProbe !== null) }],
    ),
    gauge("netpost_plan_revision", "Number of the configuration in force", [
      { value: plan.revision },
    ]),
    gauge("netpost_monitors", "Monitors in the configuration", [{ value: plan.monitors.length }]),
    info("netpost_build", "Version of the monitoring, and the configuration it runs", [
      { version, revision: String(plan.revision) },
    ]),
  ];
}
