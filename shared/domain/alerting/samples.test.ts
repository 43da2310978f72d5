import { describe, expect, it } from "vitest";
import type { Monitor } from "../monitor.ts";
import { monitorOf as anyMonitor } from "../testing/fixtures.ts";
import type { Alert } from "./memory.ts";
import {
  everything,
  keepAsTheyAre,
  type OutageSource,
  ofMonitor,
  sampleOutages,
  sampleReadings,
} from "./samples.ts";
import { ruleOf, serviceDown, slow } from "./testing/story.ts";

const monitorOf = (number: number, more: Partial<Monitor> = {}) =>
  anyMonitor({ id: `m${number}`, number, regions: ["us-east", "eu-west"], ...more });

const job = monitorOf(3, {
  probe: {
    kind: "heartbeat",
    timetable: { kind: "every", seconds: 60 },
    graceSeconds: 0,
    maxRunSeconds: null,
  },
});

const cause = {
  reason: "status",
  detail: "status 500",
  regions: ["us-east"],
  regional: false,
} as const;

function sourceOf(more: Partial<OutageSource>): OutageSource {
  return {
    monitors: [monitorOf(1), monitorOf(2), job],
    outages: [],
    statusIn: () => null,
    ...more,
  };
}

const outage = (monitor: number, startedAt: number, endedAt: number | null = null) => {
  return { monitor, startedAt, detectedAt: startedAt + 30, endedAt, cause };
};

function levels(samples: ReturnType<typeof sampleOutages>): string[] {
  return samples.map(({ subject, level }) =>
    [subject.monitor, subject.region, level].filter((part) => part !== null).join(" "),
  );
}

describe("samples of outages", () => {
  it("are of monitors that are probed, or of jobs, as the rule says", () => {
    const source = sourceOf({ outages: [outage(2, 100), outage(3, 200)] });
    expect(levels(sampleOutages(serviceDown, source, "now"))).toEqual(["m1 well", "m2 critical"]);
    const heartbeat = ruleOf({
      id: "heartbeat",
      signal: { kind: "heartbeat" },
      severity: "warning",
    });
    const [sample] = sampleOutages(heartbeat, source, "now");
    expect(sample).toMatchObject({
      level: "warning",
      since: 200,
      detail: "status 500",
      outage: { key: "outage/m3/200", startedAt: 200, detectedAt: 230 },
    });
  });

  it("tell of one that began and ended in between, if it lasted as long as the rule asks", () => {
    const source = sourceOf({ outages: [outage(1, 100, 160), outage(2, 100, 110)] });
    expect(levels(sampleOutages(serviceDown, source, "now"))).toEqual(["m1 well", "m2 well"]);
    const lasting = { ...serviceDown, forSeconds: 60 };
    expect(levels(sampleOutages(lasting, source, "between"))).toEqual(["m1 critical", "m2 well"]);
  });

  it("tell of the one that was over before the one that goes on", () => {
    const source = sourceOf({ outages: [outage(1, 100, 160), outage(1, 2_000)] });
    const keys = (at: "now" | "between") =>
      sampleOutages(serviceDown, source, at).flatMap((sample) => sample.outage?.key ?? []);
    expect(keys("between")).toEqual(["outage/m1/100"]);
    expect(keys("now")).toEqual(["outage/m1/2000"]);
  });

  it("are of single regions where the rule names some; unknown is neither", () => {
    const regional = { ...serviceDown, selector: { regions: ["eu-west", "us-east"] } };
    const source = sourceOf({
      statusIn: ({ number }, region) => {
        if (number === 2) return null;
        const status = region === "eu-west" ? "down" : "up";
        return { status, since: 50, detail: "refused" };
      },
    });
    expect(levels(sampleOutages(regional, source, "now"))).toEqual([
      "m1 eu-west critical",
      "m1 us-east well",
      "m2 eu-west unknown",
      "m2 us-east unknown",
    ]);
  });
});

describe("samples of readings", () => {
  const reading = (value: number | null) => {
    return { subject: ofMonitor("m1"), value, detail: "", title: "" };
  };

  it("are bad beyond a threshold, unknown where nothing was measured", () => {
    const of = (value: number | null) =>
      sampleReadings(slow, [reading(value)], new Map())[0]?.level;
    expect([of(900), of(1_500), of(2_500), of(null)]).toEqual([
      "well",
      "warning",
      "critical",
      "unknown",
    ]);
  });

  it("come back over the threshold by the margin before they are well", () => {
    const margin = {
      ...slow,
      thresholds: { direction: "above", warning: 1_000, critical: null, margin: 0.1 },
    } as const;
    const alert: Alert = {
      key: "slow/m1",
      rule: "slow",
      subject: ofMonitor("m1"),
      state: { phase: "pending", level: "warning", since: 0, criticalSince: null, quiet: null },
      value: null,
      detail: "",
      incident: null,
      verdict: null,
    };
    const alerts = new Map([[alert.key, alert]]);
    const of = (value: number) => sampleReadings(margin, [reading(value)], alerts)[0]?.level;
    expect([of(950), of(899)]).toEqual(["warning", "well"]);
    expect(keepAsTheyAre(alerts.values(), new Set(["slow"]))).toMatchObject([
      { rule: "slow", level: "unknown" },
    ]);
    expect(keepAsTheyAre(alerts.values(), new Set(["other"]))).toEqual([]);
  });

  it("of the whole have no monitor", () => {
    expect(everything).toEqual({ monitor: null, region: null, metric: null });
  });
});
