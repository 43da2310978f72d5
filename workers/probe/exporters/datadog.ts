import { type ExportSample, exportedMetrics } from "../../../shared/measure/export-samples.ts";
import { below } from "../notifiers/secret.ts";
import type { Exporter } from "./exporter.ts";
import type { ExporterSettings } from "./settings.ts";

/** MetricIntakeType: 0 unspecified, 1 count, 2 rate, 3 gauge. */
const count = 1;
const gauge = 3;

/** Tags are cut by Datadog at so many characters. */
const longestTag = 200;

/** Datadog's v2 series: https://docs.datadoghq.com/api/latest/metrics/#submit-metrics. */
export function datadog(given: ExporterSettings): Exporter | null {
  const { DATADOG_API_KEY: key, DATADOG_SITE: site = "datadoghq.com", DATADOG_API_URL } = given;
  if (key === undefined) return null;
  return {
    name: "datadog",
    url: below(DATADOG_API_URL ?? `https://api.${site}`, "api/v2/series"),
    headers: { "DD-API-KEY": key, "Content-Type": "application/json" },
    // At most 512,000 bytes uncompressed.
    limits: { bytes: 500_000, points: 5_000 },
    retryable: new Set([408, 429, 500, 502, 503, 504]),
    encode: datadogBody,
  };
}

/**
 * A MetricPayload. Datadog adds up what is counted itself, and has no counter that begins anew: what
 * is counted since the day began is a gauge there.
 */
export function datadogBody(samples: readonly ExportSample[]): string {
  return JSON.stringify({
    series: samples.map(({ name, labels, value, at, since }) => {
      const { kind, unit } = exportedMetrics[name];
      return {
        metric: name,
        type: kind === "delta" ? count : gauge,
        ...(kind === "delta" && since !== null && { interval: at - since }),
        ...(unit === "s" && { unit: "second" }),
        points: [{ timestamp: at, value }],
        resources: [{ type: "host", name: "netpost-monitoring" }],
        tags: Object.entries(labels).map(([label, text]) =>
          `${label}:${text}`.slice(0, longestTag),
        ),
      };
    }),
  });
}
