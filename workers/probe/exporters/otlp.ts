import { z } from "zod";
import {
  type ExportedMetric,
  type ExportSample,
  exportedMetrics,
} from "../../../shared/measure/export-samples.ts";
import { version } from "../../../shared/version.ts";
import { below } from "../notifiers/secret.ts";
import type { Exporter } from "./exporter.ts";
import { type ExporterSettings, otlpHeaders } from "./settings.ts";

/** AggregationTemporality of opentelemetry/proto/metrics/v1/metrics.proto. */
const delta = 1;
const cumulative = 2;

/**
 * OTLP over HTTP in JSON, to any collector: https://opentelemetry.io/docs/specs/otlp/#otlphttp.
 * Times are decimal strings of nanoseconds, enums are numbers, as its JSON encoding demands.
 */
export function otlp(given: ExporterSettings): Exporter | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers } = given;
  if (endpoint === undefined) return null;
  return {
    name: "otlp",
    url: below(endpoint, "v1/metrics"),
    headers: { ...otlpHeaders(headers ?? ""), "Content-Type": "application/json" },
    // Collectors take 20 MiB by default; what is small is soon sent.
    limits: { bytes: 1_000_000, points: 5_000 },
    // "All other 4xx or 5xx response status codes MUST NOT be retried."
    retryable: new Set([429, 502, 503, 504]),
    encode: otlpBody,
    taken: (answer) => {
      const { rejectedDataPoints, errorMessage } =
        partialSchema.safeParse(answer).data?.partialSuccess ?? {};
      const rejected = Number(rejectedDataPoints ?? 0);
      return { rejected, words: rejected > 0 ? (errorMessage ?? "no reason given") : null };
    },
  };
}

const partialSchema = z.looseObject({
  partialSuccess: z.looseObject({
    rejectedDataPoints: z.union([z.string().regex(/^\d{1,15}$/), z.int()]).optional(),
    errorMessage: z.string().optional(),
  }),
});

/** An ExportMetricsServiceRequest as JSON. */
export function otlpBody(samples: readonly ExportSample[]): string {
  const metrics = [...Map.groupBy(samples, ({ name }) => name)].map(([name, own]) =>
    metricOf(name, own),
  );
  return JSON.stringify({
    resourceMetrics: [
      {
        resource: {
          attributes: attributesOf({
            "service.name": "netpost-monitoring",
            "service.version": version,
          }),
        },
        scopeMetrics: [{ scope: { name: "netpost-monitoring", version }, metrics }],
      },
    ],
  });
}

function metricOf(name: ExportedMetric, samples: readonly ExportSample[]) {
  const { kind, unit, help } = exportedMetrics[name];
  const dataPoints = samples.map(({ labels, value, at, since }) => ({
    attributes: attributesOf(labels),
    ...(since !== null && { startTimeUnixNano: nanoseconds(since) }),
    timeUnixNano: nanoseconds(at),
    asDouble: value,
  }));
  const described = { name, description: help, unit };
  if (kind === "gauge") return { ...described, gauge: { dataPoints } };
  const aggregationTemporality = kind === "delta" ? delta : cumulative;
  return { ...described, sum: { dataPoints, aggregationTemporality, isMonotonic: true } };
}

function attributesOf(labels: Readonly<Record<string, string>>) {
  return Object.entries(labels).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

function nanoseconds(seconds: number): string {
  return `${seconds}000000000`;
}
