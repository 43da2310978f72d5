/**
 * What probes saw. Names that begin with `probe_` are blackbox_exporter's, and mean what they mean
 * there, so that dashboards and rules made for it work: an instance is a monitor.
 */
import type { Monitor } from "../../../shared/domain/monitor.ts";
import { presentByRegion } from "../../../shared/domain/present-status.ts";
import { day, emptyRollup, type Rollup } from "../../../shared/domain/rollup.ts";
import { countsUpTo } from "../../../shared/domain/sketch.ts";
import { statuses } from "../../../shared/domain/status.ts";
import { rollupKey } from "../../../shared/measure/rollups-of-window.ts";
import type { StoredResult } from "../../../shared/storage/queries.ts";
import { latestOf } from "../reads/latest-results.ts";
import type { Scrape } from "../reads/scrape.ts";
import { type Family, gauge, type Labels } from "./family.ts";

/** Upper bounds of the histogram, seconds: the thresholds of response time are among them. */
export const durationBounds = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 5, 10, 20, 30,
] as const;

/** One region's view of one monitor. */
interface Seen {
  readonly monitor: Monitor;
  readonly labels: Labels;
  /** Null where nobody looks at present, or what was seen says nothing of the target. */
  readonly result: StoredResult | null;
  readonly counted: Rollup | null;
}

/** The families of a scrape that are about probes. */
export function probeFamilies(scrape: Scrape): Family[] {
  const seen = scrape.snapshot.plan.monitors.flatMap((monitor) => seenOf(scrape, monitor));
  const of = (value: (one: StoredResult, monitor: Monitor) => number | null) =>
    seen.map(({ labels, monitor, result }) => {
      return { labels, value: result === null ? null : value(result, monitor) };
    });
  const counted = seen.flatMap(({ labels, counted: rollup }) =>
    rollup === null ? [] : [{ labels, rollup }],
  );
  return [
    gauge(
      "probe_success",
      "Whether the newest probe succeeded; absent where that is not known",
      of(({ outcome }) => (outcome === "down" ? 0 : 1)),
    ),
    gauge(
      "probe_duration_seconds",
      "How long the newest probe took",
      of(({ latencyMs }) => (latencyMs === null ? null : latencyMs / 1000)),
    ),
    gauge(
      "probe_http_status_code",
      "HTTP status of the newest probe, where that is why it failed; others are not kept",
      of(statusCodeOf),
    ),
    gauge(
      "probe_failed_due_to_regex",
      "Whether the newest probe failed because of a regular expression, of monitors with one",
      of(({ reason }, monitor) => (demandsRegex(monitor) ? Number(reason === "regex") : null)),
    ),
    gauge(
      "probe_dns_lookup_time_seconds",
      "How long the newest look-up took, of monitors that look up a name",
      of(({ latencyMs }, { probe }) => {
        return probe.kind === "dns" && latencyMs !== null ? latencyMs / 1000 : null;
      }),
    ),
    gauge(
      "probe_ssl_earliest_cert_expiry",
      "Unix time at which the certificate ends; up to a day early, whole days are kept",
      of(({ metrics, time }) => {
        const days = metrics["certificateDaysLeft"];
        return days === undefined ? null : time + days * day;
      }),
    ),
    {
      name: "netpost_probe_results",
      help: "Results of probes since the day began (UTC), by outcome",
      type: "counter",
      samples: counted.flatMap(({ labels, rollup }) =>
        statuses.map((outcome) => ({
          labels: { ...labels, outcome },
          value: rollup.outcomes[outcome],
        })),
      ),
    },
    {
      name: "netpost_probe_duration_seconds",
      help: "Response times of probes that succeeded since the day began (UTC)",
      type: "histogram",
      bounds: durationBounds,
      histograms: counted.map(({ labels, rollup: { latency } }) => ({
        labels,
        atMost: countsUpTo(
          latency.sketch,
          durationBounds.map((bound) => bound * 1000),
        ),
        count: latency.count,
        sum: latency.sum / 1000,
      })),
    },
  ];
}

function seenOf({ snapshot, latest, counts }: Scrape, monitor: Monitor): Seen[] {
  return presentByRegion(snapshot, monitor).map(({ id, number, status }): Seen => {
    const result = latestOf(latest, monitor, number);
    // What was seen before nobody looked any more says nothing about now.
    const looking =
      status.unknownReason !== "stale" && status.unknownReason !== "region-not-reporting";
    return {
      monitor,
      labels: { instance: monitor.id, ...monitorLabels(monitor), region: id },
      result: looking && result?.outcome !== "unknown" ? result : null,
      counted:
        counts.byProbe && (counts.byProbe.get(rollupKey(monitor.number, number)) ?? emptyRollup),
    };
  });
}

/** The labels by which a monitor is found in every family. */
export function monitorLabels({ id, group, category }: Monitor): Labels {
  return { monitor: id, group, category };
}

/** A result's words begin with the status where the status is what was wrong. */
function statusCodeOf({ reason, detail }: StoredResult): number | null {
  const code = reason === "status" ? /^status (\d{3})\b/.exec(detail ?? "")?.[1] : undefined;
  return code === undefined ? null : Number(code);
}

function demandsRegex({ probe }: Monitor): boolean {
  return probe.kind === "http" && probe.conditions.some(({ kind }) => kind === "regex");
}
