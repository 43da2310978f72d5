import { describe, expect, it } from "vitest";
import type { ExportSample } from "../../../shared/measure/export-samples.ts";
import { batchesOf } from "./batches.ts";
import { datadogBody } from "./datadog.ts";
import { newRelicBody } from "./new-relic.ts";
import { otlpBody } from "./otlp.ts";
import { exportersOf } from "./registry.ts";
import { otlpHeaders } from "./settings.ts";

const at = 1_790_000_100;
const gauge: ExportSample = {
  ...{ name: "probe_duration_seconds", labels: { monitor: "feed", region: "us-east" } },
  ...{ value: 0.25, at, since: null },
};
const delta: ExportSample = {
  ...{ name: "netpost_probe_results", labels: { outcome: "up" }, value: 6 },
  ...{ at, since: at - 60 },
};
const sinceDay: ExportSample = {
  ...{ name: "netpost_notifications", labels: { channel: "slack" }, value: 3 },
  ...{ at, since: 1_789_948_800 },
};

const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });

describe("a sample", () => {
  it("is a data point of OTLP's JSON: times as decimal strings, temporality as a number", () => {
    const body = JSON.parse(otlpBody([gauge, delta, sinceDay]));
    expect(body.resourceMetrics[0].scopeMetrics[0].metrics).toMatchObject([
      {
        ...{ name: "probe_duration_seconds", unit: "s" },
        gauge: {
          dataPoints: [
            {
              attributes: [attribute("monitor", "feed"), attribute("region", "us-east")],
              timeUnixNano: "1790000100000000000",
              asDouble: 0.25,
            },
          ],
        },
      },
      {
        name: "netpost_probe_results",
        sum: {
          ...{ aggregationTemporality: 1, isMonotonic: true },
          dataPoints: [{ startTimeUnixNano: "1790000040000000000", asDouble: 6 }],
        },
      },
      {
        name: "netpost_notifications",
        sum: {
          ...{ aggregationTemporality: 2, isMonotonic: true },
          dataPoints: [{ startTimeUnixNano: "1789948800000000000", asDouble: 3 }],
        },
      },
    ]);
  });

  it("is a series of Datadog's: seconds, gauges of type 3, counts of type 1 with an interval", () => {
    const host = [{ type: "host", name: "netpost-monitoring" }];
    expect(JSON.parse(datadogBody([gauge, delta, sinceDay])).series).toEqual([
      {
        ...{ metric: "probe_duration_seconds", type: 3, unit: "second", resources: host },
        ...{ points: [{ timestamp: at, value: 0.25 }], tags: ["monitor:feed", "region:us-east"] },
      },
      {
        ...{ metric: "netpost_probe_results", type: 1, interval: 60, resources: host },
        ...{ points: [{ timestamp: at, value: 6 }], tags: ["outcome:up"] },
      },
      {
        ...{ metric: "netpost_notifications", type: 3, resources: host },
        ...{ points: [{ timestamp: at, value: 3 }], tags: ["channel:slack"] },
      },
    ]);
  });

  it("is a metric of New Relic's: milliseconds, a count from its beginning with interval.ms", () => {
    expect(JSON.parse(newRelicBody([gauge, delta, sinceDay]))[0].metrics).toEqual([
      {
        ...{ name: "probe_duration_seconds", type: "gauge", value: 0.25, timestamp: at * 1000 },
        attributes: { monitor: "feed", region: "us-east" },
      },
      {
        ...{ name: "netpost_probe_results", type: "count", value: 6 },
        ...{ timestamp: (at - 60) * 1000, "interval.ms": 60_000, attributes: { outcome: "up" } },
      },
      {
        ...{ name: "netpost_notifications", type: "gauge", value: 3, timestamp: at * 1000 },
        attributes: { channel: "slack" },
      },
    ]);
  });
});

it("batches keep to bytes and points, leave nothing out, and keep the order", () => {
  const samples = Array.from({ length: 100 }, (_, value) => ({ ...gauge, value }));
  for (const limits of [
    { bytes: 2_000, points: 1_000 },
    { bytes: 1_000_000, points: 7 },
  ]) {
    const batches = batchesOf({ encode: datadogBody, limits }, samples);
    expect(batches.flatMap((batch) => batch.samples)).toEqual(samples);
    for (const batch of batches) {
      expect(batch.body.length).toBeLessThanOrEqual(limits.bytes);
      expect(batch.samples.length).toBeLessThanOrEqual(limits.points);
    }
    expect(batches.length).toBeLessThan(100);
  }
});

describe("the settings of exporters", () => {
  it.each([
    ["a=b,x-tenant=netpost", { a: "b", "x-tenant": "netpost" }],
    ["authorization=Bearer%20abc%3D", { authorization: "Bearer abc=" }],
    ["key=with=sign", { key: "with=sign" }],
    ["", {}],
    ["no-sign", null],
    ["bad name=1", null],
    ["a=%zz", null],
    ["a=%0d%0ab", null],
  ])("OTEL_EXPORTER_OTLP_HEADERS %j", (text, headers) => {
    expect(otlpHeaders(text)).toEqual(headers);
  });

  it.each([
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: "https://c.example:4318/" },
      "https://c.example:4318/v1/metrics",
    ],
    [{ DATADOG_API_KEY: "k" }, "https://api.datadoghq.com/api/v2/series"],
    [
      { DATADOG_API_KEY: "k", DATADOG_SITE: "datadoghq.eu" },
      "https://api.datadoghq.eu/api/v2/series",
    ],
    [{ NEW_RELIC_LICENSE_KEY: "k" }, "https://metric-api.newrelic.com/metric/v1"],
    [
      { NEW_RELIC_LICENSE_KEY: "k", NEW_RELIC_REGION: "eu" },
      "https://metric-api.eu.newrelic.com/metric/v1",
    ],
  ])("%j is told at %s", (env, url) => {
    const on = exportersOf(env).flatMap((one) => (one.kind === "on" ? one.exporter.url.href : []));
    expect(on).toEqual([url]);
  });

  it("one that is malformed breaks its own exporter alone, and is named without its value", () => {
    const env = { DATADOG_API_KEY: "planted secret", NEW_RELIC_LICENSE_KEY: "k" };
    const configured = exportersOf(env);
    expect(configured.map(({ kind }) => kind)).toEqual(["off", "broken", "on"]);
    expect(JSON.stringify(configured[1])).toContain("DATADOG_API_KEY");
    expect(JSON.stringify(configured[1])).not.toContain("planted");
  });
});
