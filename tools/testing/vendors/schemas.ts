/** What vendors publish of the requests that they take, as far as we make them. Nothing else fits. */
import { z } from "zod";

// https://github.com/open-telemetry/opentelemetry-proto, metrics/v1/metrics.proto, in JSON as
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding says: 64 bits are decimal strings,
// enums are numbers.
const nanoseconds = z.string().regex(/^\d{19}$/);
const attribute = z.strictObject({
  key: z.string().min(1),
  value: z.strictObject({ stringValue: z.string() }),
});
const attributes = z.array(attribute).refine((all) => {
  return new Set(all.map(({ key }) => key)).size === all.length;
}, "keys of attributes are unique");
const gaugePoint = z.strictObject({
  attributes,
  timeUnixNano: nanoseconds,
  asDouble: z.number(),
});
const sumPoint = gaugePoint.extend({ startTimeUnixNano: nanoseconds });
const described = { name: z.string().min(1), description: z.string(), unit: z.string() };
const metric = z.union([
  z.strictObject({
    ...described,
    gauge: z.strictObject({ dataPoints: z.array(gaugePoint).min(1) }),
  }),
  z.strictObject({
    ...described,
    sum: z.strictObject({
      dataPoints: z.array(sumPoint).min(1),
      aggregationTemporality: z.union([z.literal(1), z.literal(2)]),
      isMonotonic: z.boolean(),
    }),
  }),
]);
export const otlpRequest = z.strictObject({
  resourceMetrics: z
    .array(
      z.strictObject({
        resource: z.strictObject({ attributes }),
        scopeMetrics: z
          .array(
            z.strictObject({
              scope: z.strictObject({ name: z.string(), version: z.string() }),
              metrics: z.array(metric).min(1),
            }),
          )
          .min(1),
      }),
    )
    .min(1),
});

// https://docs.datadoghq.com/api/latest/metrics/#submit-metrics, v2
export const datadogRequest = z.strictObject({
  series: z
    .array(
      z
        .strictObject({
          metric: z.string().regex(/^[A-Za-z][\w.]{0,199}$/),
          // MetricIntakeType
          type: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
          interval: z.int().positive().optional(),
          unit: z.string().optional(),
          points: z
            .array(z.strictObject({ timestamp: z.int().max(9_999_999_999), value: z.number() }))
            .min(1),
          resources: z.array(z.strictObject({ type: z.string(), name: z.string() })),
          tags: z.array(z.string().min(1).max(200)),
        })
        .refine(({ type, interval }) => (type === 1 || type === 2) === (interval !== undefined), {
          error: "an interval belongs to counts and rates",
        }),
    )
    .min(1),
});

// https://docs.newrelic.com/docs/data-apis/ingest-apis/metric-api/report-metrics-metric-api
const newRelicAttributes = z.record(
  z.string().regex(/^[\w.:]{1,255}$/),
  z.union([z.string().max(4_096), z.number(), z.boolean()]),
);
export const newRelicRequest = z
  .array(
    z.strictObject({
      common: z.strictObject({ attributes: newRelicAttributes }),
      metrics: z
        .array(
          z
            .strictObject({
              name: z.string().min(1).max(255),
              type: z.enum(["gauge", "count"]),
              value: z.number(),
              // ms, not seconds
              timestamp: z.int().min(1_000_000_000_000),
              "interval.ms": z.int().positive().optional(),
              attributes: newRelicAttributes,
            })
            .refine((one) => (one.type === "count") === (one["interval.ms"] !== undefined), {
              error: "a count, and only a count, has an interval",
            }),
        )
        .min(1),
    }),
  )
  .min(1);

// https://developer.statuspage.io
export const statuspageComponent = z.strictObject({
  component: z.strictObject({
    status: z.enum([
      ...(["operational", "under_maintenance", "degraded_performance"] as const),
      ...(["partial_outage", "major_outage"] as const),
    ]),
  }),
});
const incidentFields = {
  name: z.string().min(1),
  status: z.enum(["investigating", "identified", "monitoring", "resolved"]),
  impact_override: z.enum(["none", "maintenance", "minor", "major", "critical"]),
  component_ids: z.array(z.string()),
  body: z.string().min(1),
  // "All top-level values in the object must also be objects."
  metadata: z.record(z.string(), z.record(z.string(), z.string())),
};
export const statuspageIncident = z.strictObject({
  incident: z.strictObject(incidentFields),
});
export const statuspageChange = z.strictObject({
  incident: z.strictObject(incidentFields).partial(),
});
