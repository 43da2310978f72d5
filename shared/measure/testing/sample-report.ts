/** A report as a test needs one: of a week, with a bit of everything in it. */
import type { Figures, Latency, ReportDocument } from "../../contract/report.ts";
import { reportDocumentSchema } from "../../contract/report.ts";
import { judge, known, notKnown } from "../../domain/kpi.ts";
import type { Provenance } from "../report-html.ts";

const week = 7 * 86_400;
const regions = ["us-east", "us-west", "eu-west"];

/** Figures of a week that was up but for so many seconds. */
export function figures(downSeconds: number, unknownSeconds = 0, excludedSeconds = 7_200): Figures {
  const upSeconds = week - downSeconds - unknownSeconds - excludedSeconds;
  const outages = Math.ceil(downSeconds / 600);
  const availability = upSeconds / (upSeconds + downSeconds);
  return {
    availability,
    percent: Math.floor(availability * 1e6) / 1e4,
    worst: upSeconds / (week - excludedSeconds),
    best: (upSeconds + unknownSeconds) / (week - excludedSeconds),
    upSeconds,
    degradedSeconds: 0,
    downSeconds,
    unknownSeconds,
    excludedSeconds,
    outages,
    longestOutageSeconds: outages === 0 ? null : Math.min(600, downSeconds),
    mttrSeconds: outages === 0 ? null : downSeconds / outages,
    mtbfSeconds: outages === 0 ? null : upSeconds / outages,
    expectedChecks: 10_080,
    coveredChecks: 10_080 - Math.ceil(unknownSeconds / 60),
  };
}

const latency = (p50: number): Latency => ({
  count: 30_210,
  average: p50 * 1.2,
  p50,
  p90: p50 * 2.1,
  p95: p50 * 2.9,
  p99: p50 * 7.7,
});

const noLatency: Latency = {
  count: 0,
  average: null,
  p50: null,
  p90: null,
  p95: null,
  p99: null,
};

function monitor(id: string, name: string, group: string, downSeconds: number, p50: number | null) {
  const own = figures(downSeconds, id === "posts-list" ? 3_660 : 0);
  const totalSeconds = Math.round((own.upSeconds + own.downSeconds) * 0.001);
  return {
    id,
    name,
    group,
    target: 0.999,
    met: own.percent !== null && own.percent >= 99.9,
    window: { from: "2026-11-15T23:00:00Z", to: "2026-11-22T23:00:00Z" },
    figures: own,
    budget: {
      totalSeconds,
      leftSeconds: totalSeconds - downSeconds,
      leftFraction: (totalSeconds - downSeconds) / totalSeconds,
    },
    latency: p50 === null ? noLatency : latency(p50),
    regions: regions.map((region, index) => ({
      id: region,
      figures: figures(downSeconds + index * 61),
      latency: p50 === null ? noLatency : latency(p50 + index * 40),
    })),
  };
}

/** The report, or one that differs in some of its parts. */
export function sampleReport(changes: Partial<ReportDocument> = {}): ReportDocument {
  return reportDocumentSchema.parse({
    format: 1,
    kind: "weekly",
    zone: "Europe/Berlin",
    name: "2026-W47",
    period: { from: "2026-11-15T23:00:00Z", to: "2026-11-22T23:00:00Z" },
    total: {
      monitors: 6,
      met: 5,
      missed: 1,
      notKnown: 0,
      figures: figures(1_504, 3_660),
      latency: latency(132),
    },
    groups: [
      { name: "Health", monitors: 2, figures: figures(0) },
      { name: "Authentication", monitors: 2, figures: figures(122) },
      { name: "Core", monitors: 2, figures: figures(1_382, 3_660) },
    ],
    regions: regions.map((id, index) => ({
      id,
      figures: figures(1_504 + index * 70),
      latency: latency(130 + index * 40),
    })),
    monitors: [
      monitor("api-health", "API health", "Health", 0, 48),
      monitor("api-ready", "API readiness", "Health", 0, 31.5),
      monitor("auth-login", "Login refuses an empty form", "Authentication", 122, 96),
      monitor("session", "Log in, post, read, log out", "Authentication", 0, 611),
      monitor("posts-list", "List of posts", "Core", 1_320, 187),
      monitor("backup", "Nightly backup", "Core", 62, null),
    ],
    outages: {
      total: 2,
      listed: [
        {
          number: 41,
          monitor: { id: "posts-list", name: "List of posts" },
          startedAt: "2026-11-18T09:14:00Z",
          detectedAt: "2026-11-18T09:14:07Z",
          endedAt: "2026-11-18T09:36:00Z",
          secondsInPeriod: 1_320,
          reopenings: 1,
          cause: { reason: "status", detail: "status 503, allowed 200–299", regions },
          falseAlarm: false,
        },
        {
          number: 42,
          monitor: { id: "old-page", name: null },
          startedAt: "2026-11-22T22:59:00Z",
          detectedAt: "2026-11-22T22:59:08Z",
          endedAt: null,
          secondsInPeriod: 60,
          reopenings: null,
          cause: {
            reason: "http-timeout",
            detail: "no answer within 5000 ms",
            regions: ["us-west"],
          },
          falseAlarm: true,
        },
      ],
    },
    exclusions: [
      {
        kind: "maintenance",
        name: "Weekly maintenance",
        from: "2026-11-22T02:00:00Z",
        to: "2026-11-22T04:00:00Z",
        monitors: 6,
      },
    ],
    latencyFrom: {
      resolution: "hours",
      from: "2026-11-15T23:00:00Z",
      to: "2026-11-22T23:00:00Z",
      relativeError: 0.02,
    },
    kpis: [
      judge("uptime", known(99.9581, { monitors: 6 })),
      judge("slaTargetsMet", known(500 / 6, { met: 5, monitors: 6 })),
      judge("timeToDetect", known(7.5, { outages: 2, longestSeconds: 8 })),
      judge("p1Recovery", notKnown("no P1 incident ended in this time")),
      judge("alertAccuracy", known(50, { outages: 2, falseAlarms: 1 })),
      judge("averageResponseTime", known(158.4, { responses: 181_260 })),
      judge("docsReviewed", known("2026-10-05", {})),
    ],
    ...changes,
  });
}

/** What is said of the report. */
export const sampleProvenance: Provenance = {
  number: 17,
  edition: 1,
  madeAt: "2026-11-22T23:20:00Z",
  madeBy: "schedule",
  digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  basis: { software: "0.1.0", planRevision: 4, ledgerVersion: 91_244, inputs: {} },
};
