/** What telling services outside takes, where their settings are given; bounds are those of the code (assumptions.ts). */

import type { Plan } from "../../shared/domain/plan.ts";
import { errorReportSettingsSchema } from "../../shared/error-reports/settings.ts";
import { exporterFeatures, isOn, type Values } from "../configuration/check-settings.ts";
import { assumptions } from "./assumptions.ts";
import { type Case, type DayLoad, type InvocationLoad, idle } from "./load.ts";

/** What is told outside, by the settings of the probe Worker. */
export interface Outside {
  /** Services that take metrics. */
  readonly exporters: readonly string[];
  readonly statusPages: readonly string[];
  /** Null: no error reports. */
  readonly sentry: { readonly checkIns: boolean; readonly measuredShare: number } | null;
  readonly deadMan: boolean;
  /** Whether every tick notes what it took of the limits. */
  readonly usage: boolean;
}

const metricServices = ["otlp", "datadog", "new-relic"];
const statusServices = ["statuspage", "status-webhook"];

/** Nothing is told outside. */
export const nothingOutside: Outside = {
  exporters: [],
  statusPages: [],
  sentry: null,
  deadMan: false,
  usage: false,
};

/**
 * What is on by these settings. A service counts as soon as what turns it on is there, malformed or
 * not; of a secret it is enough that there is some text.
 */
export function outsideOf(values: Values): Outside {
  const names = new Set(Object.keys(values).filter((name) => (values[name] ?? "") !== ""));
  const on = (list: readonly string[]) =>
    list.filter((name) => isOn(exporterFeatures[name] ?? [], names));
  const { SENTRY_CRON_MONITOR_SLUG: slug, SENTRY_TRACES_SAMPLE_RATE: rate } =
    errorReportSettingsSchema.shape;
  const share = rate.safeParse(values["SENTRY_TRACES_SAMPLE_RATE"] || undefined);
  return {
    exporters: on(metricServices),
    statusPages: on(statusServices),
    sentry: names.has("SENTRY_DSN_BACKEND")
      ? {
          checkIns: slug.safeParse(values["SENTRY_CRON_MONITOR_SLUG"] || undefined).data !== "off",
          measuredShare: share.data ?? rate.parse(undefined),
        }
      : null,
    deadMan: names.has("DEAD_MAN_URL"),
    usage: names.has("CLOUDFLARE_PLAN"),
  };
}

/** What is added by it to every tick, to every message to an object, and to a day. */
export interface OutsideLoad {
  readonly tick: InvocationLoad;
  readonly object: InvocationLoad;
  readonly day: Partial<DayLoad>;
}

/** What one part adds to a tick: calls of D1 and requests are subrequests; rows are those of it. */
interface Part {
  readonly requests: number;
  readonly d1Calls: number;
  readonly d1Queries: number;
  readonly rowsWritten: number;
  readonly rowsRead: number;
  readonly cpuMs: number;
}

const ticksPerDay = 1_440;

/**
 * @param which in the worst case every service fails in every way it can, all day, and so do the
 *   monitoring's own parts: reports come up to their bound
 */
export function outsideLoad(outside: Outside, plan: Plan, which: Case): OutsideLoad {
  const envelopes = reportsOf(outside, which);
  const parts = [
    metricsPart(outside, plan, which),
    ...outside.statusPages.map((page) => pagePart(page, plan, which)),
    envelopesPart(envelopes.tick),
    { ...none, requests: outside.deadMan ? 1 : 0 },
    notesPart(outside, which),
    vantagePart(plan),
  ];
  const sum = (pick: (part: Part) => number) =>
    parts.reduce((total, part) => total + pick(part), 0);
  const cpuMs = sum((part) => part.cpuMs);
  return {
    tick: {
      ...idle,
      subrequests: sum(({ requests, d1Calls }) => requests + d1Calls),
      d1Queries: sum(({ d1Queries }) => d1Queries),
      cpuMs,
    },
    object: {
      ...idle,
      subrequests: envelopes.object,
      cpuMs: envelopes.object * assumptions.cpuMsPerEnvelope,
      // It stays for them after its round; they are sent one after the other, and given up in time.
      wallMs: Math.min(envelopes.object * assumptions.answerMs, assumptions.longestMailMs),
    },
    day: {
      cpuMs: ticksPerDay * cpuMs,
      d1RowsWritten: ticksPerDay * sum(({ rowsWritten }) => rowsWritten),
      d1RowsRead: ticksPerDay * sum(({ rowsRead }) => rowsRead),
    },
  };
}

const none: Part = {
  requests: 0,
  d1Calls: 0,
  d1Queries: 0,
  rowsWritten: 0,
  rowsRead: 0,
  cpuMs: 0,
};

/** Claimed, results, alerts, notifications, settled; in the worst case the memory read anew. */
function metricsPart({ exporters }: Outside, plan: Plan, which: Case): Part {
  const { length } = exporters;
  if (length === 0) return none;
  const isWorst = which === "worst";
  const results = plan.monitors.reduce((sum, { probe, regions, schedule }) => {
    const places = probe.kind === "heartbeat" ? 1 : regions.length;
    return sum + places * Math.ceil(60 / schedule.intervalSeconds);
  }, 0);
  const points = 3 * results + 4 * plan.monitors.length + assumptions.pointsBesides;
  const bodies = Math.ceil((2 * points * assumptions.bytesPerPoint) / assumptions.bytesPerBody);
  const each = isWorst
    ? assumptions.requestsOfExporter
    : Math.min(assumptions.requestsOfExporter, bodies);
  const minutes = isWorst ? assumptions.minutesCaughtUp : 1;
  return {
    requests: length * each,
    d1Calls: isWorst ? 6 : 5,
    d1Queries: (isWorst ? 14 : 10) + length,
    rowsWritten: 2 * length,
    rowsRead: minutes * results + 4 * plan.monitors.length + 2 * length,
    cpuMs: length * minutes * points * assumptions.cpuMsPerPoint,
  };
}

/** Looked at in each tick; told only what changed, in the worst case something in every tick. */
function pagePart(page: string, { monitors, regions }: Plan, which: Case): Part {
  // What was told; and the public state: windows, incidents, what is shown of them.
  const looks = 6;
  const rowsRead = monitors.length * (regions.length + 2);
  if (which === "typical") {
    return { ...none, d1Calls: looks, d1Queries: looks + 2, rowsRead };
  }
  const requests = page === "statuspage" ? assumptions.requestsOfStatuspage : 1;
  // Seen twice, the lease taken and given back, and what is told kept; a kept row has two indexes.
  return {
    requests,
    d1Calls: 2 * (looks + 1) + 2 + requests,
    d1Queries: 2 * (looks + 4) + 2 + requests,
    rowsWritten: 2 + 3 * requests,
    rowsRead: 2 * rowsRead,
    cpuMs: requests * assumptions.cpuMsPerEnvelope,
  };
}

/** Services whose checks are read: what they said last, asked anew, kept; a row each. */
function vantagePart({ monitors }: Plan): Part {
  const points = monitors.flatMap(({ vantagePoints = [] }) => vantagePoints);
  const services = new Set(points.map(({ service }) => service)).size;
  if (services === 0) return none;
  const robots = points.filter(({ service }) => service === "uptimerobot").length;
  const requests = Math.ceil(robots / assumptions.checksPerRequest);
  return {
    requests: requests + (services - (robots > 0 ? 1 : 0)),
    d1Calls: 2,
    d1Queries: 1 + services,
    rowsWritten: 2 * services,
    rowsRead: 2 * services,
    cpuMs: services * assumptions.cpuMsPerEnvelope + points.length * assumptions.cpuMsPerPoint,
  };
}

/** Envelopes of a tick and of a message to an object; errors are bounded in each isolate. */
function reportsOf({ sentry }: Outside, which: Case): { tick: number; object: number } {
  if (sentry === null) return { tick: 0, object: 0 };
  const errors = which === "worst" ? assumptions.errorsAMinute : 0;
  const measured = which === "worst" ? Math.ceil(sentry.measuredShare) : sentry.measuredShare;
  return { tick: (sentry.checkIns ? 2 : 0) + measured + errors, object: errors };
}

function envelopesPart(count: number): Part {
  return { ...none, requests: count, cpuMs: count * assumptions.cpuMsPerEnvelope };
}

/** Notes of ourselves go in one batch; in the worst case of every kind, and old ones are deleted. */
function notesPart({ usage }: Outside, which: Case): Part {
  const own = usage ? 1 : 0;
  if (which === "typical") {
    return { ...none, d1Calls: own, d1Queries: own, rowsWritten: own, rowsRead: own };
  }
  const kinds = assumptions.faultKindsAMinute;
  // A note is written, and deleted in its time.
  return {
    ...none,
    ...{ d1Calls: 2, d1Queries: 4 + own, rowsWritten: 2 * kinds + own, rowsRead: 2 * kinds + own },
  };
}
