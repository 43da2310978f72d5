import { type ExportSample, exportedMetrics } from "../../../shared/measure/export-samples.ts";
import { version } from "../../../shared/version.ts";
import { below } from "../notifiers/secret.ts";
import type { Exporter } from "./exporter.ts";
import type { ExporterSettings } from "./settings.ts";

const hosts = { us: "https://metric-api.newrelic.com", eu: "https://metric-api.eu.newrelic.com" };

/**
 * New Relic's Metric API:
 * https://docs.newrelic.com/docs/data-apis/ingest-apis/metric-api/report-metrics-metric-api.
 * It answers 202 before it looks at the points: what it then refuses is told in NrIntegrationError.
 */
export function newRelic(given: ExporterSettings): Exporter | null {
  const { NEW_RELIC_LICENSE_KEY: key, NEW_RELIC_REGION: region = "us", NEW_RELIC_API_URL } = given;
  if (key === undefined) return null;
  return {
    name: "new-relic",
    url: below(NEW_RELIC_API_URL ?? hosts[region], "metric/v1"),
    headers: { "Api-Key": key, "Content-Type": "application/json" },
    // At most 10^6 bytes a request.
    limits: { bytes: 950_000, points: 5_000 },
    retryable: new Set([408, 429, 500, 502, 503, 504]),
    encode: newRelicBody,
  };
}

/** A list of one metric set; what is counted since the day began is a gauge, as New Relic has only deltas. */
export function newRelicBody(samples: readonly ExportSample[]): string {
  return JSON.stringify([
    {
      common: {
        attributes: { "service.name": "netpost-monitoring", "service.version": version },
      },
      metrics: samples.map(({ name, labels, value, at, since }) => {
        const { kind } = exportedMetrics[name];
        const isCount = kind === "delta" && since !== null;
        return {
          name,
          type: isCount ? "count" : "gauge",
          value,
          // Of a count: when its interval began.
          timestamp: (isCount ? since : at) * 1000,
          ...(isCount && { "interval.ms": (at - since) * 1000 }),
          attributes: labels,
        };
      }),
    },
  ]);
}
