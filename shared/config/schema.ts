/** The configuration file: what people write. Every rule it breaks is named with its path. */
import { z } from "zod";
import { inbound } from "../domain/inbound.ts";
import { categories } from "../domain/labels.ts";
import { locationHints, probingModes } from "../domain/monitor.ts";
import { fastIntervals, isInterval } from "../domain/schedule.ts";
import { roundBudgetMs } from "../domain/shard.ts";
import { type VantageService, vantageRoles, vantageServices } from "../domain/vantage-point.ts";
import { healthScoreSchema, metricsSchema } from "./metrics.ts";
import { dnsFields } from "./probes/dns.ts";
import { checkTimetable, heartbeatFields } from "./probes/heartbeat.ts";
import { httpFields } from "./probes/http.ts";
import { tcpFields } from "./probes/tcp.ts";
import { tlsFields } from "./probes/tls.ts";
import { transactionFields } from "./probes/transaction.ts";
import { webSocketFields } from "./probes/websocket.ts";
import { kpisSchema, reportsSchema } from "./reports.ts";
import { retentionSchema } from "./retention.ts";
import { settings } from "./settings.ts";

const idPattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const id = z
  .string()
  .max(64, "at most 64 characters")
  .regex(idPattern, "lower-case letters, digits and single hyphens, for example api-health");

const regionSchema = settings({
  locationHint: z.enum(locationHints),
  /** Raise it to move the region: new objects are made near the hint. */
  generation: z.int().positive().default(1),
});

const quorumSchema = z.union(
  [z.enum(["majority", "any", "all"]), z.strictObject({ atLeast: z.int().positive() })],
  "majority, any, all, or { atLeast: n }",
);

export const policyFields = {
  intervalSeconds: z
    .int()
    .refine(
      isInterval,
      `an interval is ${fastIntervals.join(", ")} seconds, or whole minutes up to 86400 seconds`,
    ),
  /** Of one attempt. */
  timeoutMs: z.int().min(100).max(30_000),
  /** The first try and its repetitions. */
  attempts: z.int().min(1).max(10),
  backoffBaseMs: z.int().min(0).max(10_000),
  backoffCapMs: z.int().min(0).max(30_000),
  /** Attempts and pauses together. */
  budgetMs: z.int().min(100).max(roundBudgetMs[60]),
  quorum: quorumSchema,
  failuresToOpen: z.int().min(1).max(20),
  successesToClose: z.int().min(1).max(20),
  /** Availability promised, as a fraction. */
  sloTarget: z.number().gt(0).lt(1),
};

export const defaultsSchema = settings({
  intervalSeconds: policyFields.intervalSeconds.default(60),
  timeoutMs: policyFields.timeoutMs.default(5_000),
  attempts: policyFields.attempts.default(3),
  backoffBaseMs: policyFields.backoffBaseMs.default(250),
  backoffCapMs: policyFields.backoffCapMs.default(2_000),
  budgetMs: policyFields.budgetMs.default(15_000),
  quorum: policyFields.quorum.default("majority"),
  failuresToOpen: policyFields.failuresToOpen.default(1),
  successesToClose: policyFields.successesToClose.default(1),
  sloTarget: policyFields.sloTarget.default(0.999),
});

export type Defaults = z.infer<typeof defaultsSchema>;

const tag = z
  .string()
  .max(64, "at most 64 characters")
  .regex(idPattern, "lower-case letters, digits and single hyphens, for example customer-facing");

/** A check that another service makes of the same target. */
const vantagePointSchema = settings({
  service: z.enum(vantageServices),
  /** The service's own id of it. */
  check: z.string().regex(/^\d{1,19}$/, 'the id that the service gave the check, as text: "85975"'),
  /** Votes in the verdict, or is shown beside it. */
  role: z.enum(vantageRoles).default("beside"),
});

/** How a monitor is grouped, weighed and related to others. */
export const labelFields = {
  /** The part of the health score that it counts towards; none unless said. */
  category: z.enum(categories).optional(),
  /** Words to select it by. */
  tags: z.array(tag).max(20).default([]),
  /** How much it counts among the monitors of its group. */
  weight: z.number().gt(0).max(1_000).default(1),
  /** Ids of the monitors without which it cannot be up. */
  dependsOn: z.array(z.string()).max(20).default([]),
  /** Whether the status page shows it. */
  public: z.boolean().default(true),
};

/** What every monitor has, whatever it probes. */
export const commonFields = {
  id,
  name: z.string().min(1).max(100),
  group: z.string().min(1).max(100).default("NetPost"),
  /** All of the file's regions unless said. */
  regions: z.array(z.string()).min(1).optional(),
  /** All regions at once, or in turn with immediate confirmation of a failure by the others. */
  mode: z.enum(probingModes).default("parallel"),
  intervalSeconds: policyFields.intervalSeconds.optional(),
  timeoutMs: policyFields.timeoutMs.optional(),
  attempts: policyFields.attempts.optional(),
  backoffBaseMs: policyFields.backoffBaseMs.optional(),
  backoffCapMs: policyFields.backoffCapMs.optional(),
  budgetMs: policyFields.budgetMs.optional(),
  quorum: policyFields.quorum.optional(),
  failuresToOpen: policyFields.failuresToOpen.optional(),
  successesToClose: policyFields.successesToClose.optional(),
  sloTarget: policyFields.sloTarget.optional(),
  vantagePoints: z
    .array(vantagePointSchema)
    .refine(
      (points) => new Set(points.map(({ service }) => service)).size === points.length,
      "at most one check of each service",
    )
    .default([]),
  ...labelFields,
};

/** What remains for a monitor that nobody probes. */
const { name, group, sloTarget } = commonFields;
const inboundFields = { id, name, group, sloTarget, ...labelFields };

/** One line for each kind of probe. Without a type, a monitor is HTTP. */
export const monitorSchema = z.discriminatedUnion("type", [
  settings({ ...commonFields, ...httpFields }),
  settings({ ...commonFields, ...transactionFields }),
  settings({ ...commonFields, ...tcpFields }),
  settings({ ...commonFields, ...tlsFields }),
  settings({ ...commonFields, ...dnsFields }),
  settings({ ...commonFields, ...webSocketFields }),
  settings({ ...inboundFields, ...heartbeatFields }).superRefine(checkTimetable),
]);

export type MonitorConfig = z.infer<typeof monitorSchema>;
/** A monitor that regions probe. */
export type ProbedConfig = Exclude<MonitorConfig, { type: "heartbeat" }>;

const mostUptimeRobotChecks = 250;

function checksOf(monitors: readonly MonitorConfig[], service: VantageService): number {
  return monitors
    .flatMap((monitor) => (monitor.type === "heartbeat" ? [] : monitor.vantagePoints))
    .filter((point) => point.service === service).length;
}

/** The form alone; `rules.ts` has what the parts demand of each other. */
export const configSchema = settings({
  baseUrl: z.url({ protocol: /^https?$/, error: "an http(s) URL" }),
  regions: z
    .record(id, regionSchema)
    .refine((regions) => Object.keys(regions).length > 0, "at least one region")
    .refine((regions) => !Object.hasOwn(regions, inbound.id), "inbound is where heartbeats come in")
    .refine(
      (regions) => !vantageServices.some((service) => Object.hasOwn(regions, service)),
      `${vantageServices.join(" and ")} are services whose checks can be read`,
    ),
  /** Asked by a region in which targets fail: if none of them answers, the fault is ours. */
  controls: z
    .array(z.url({ protocol: /^https?$/, error: "an http(s) URL" }))
    .max(5)
    .default([]),
  defaults: defaultsSchema.prefault({}),
  reports: reportsSchema.optional(),
  kpis: kpisSchema.optional(),
  retention: retentionSchema.optional(),
  /** In place of the usual ones. */
  metrics: metricsSchema.optional(),
  healthScore: healthScoreSchema.optional(),
  monitors: z
    .array(monitorSchema)
    .max(10_000)
    .refine(
      (monitors) => checksOf(monitors, "uptimerobot") <= mostUptimeRobotChecks,
      `at most ${mostUptimeRobotChecks} checks of uptimerobot: a tick asks for 50 at a time, five times`,
    ),
});

/** A configuration with all defaults filled in. */
export type Config = z.infer<typeof configSchema>;
/** A configuration as people write it. */
export type ConfigInput = z.input<typeof configSchema>;

/** Gives an editor the types of a configuration file; checks nothing at run time. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}

/** A monitor's policy: its own settings over the file's defaults. */
export function policyOf(defaults: Defaults, monitor: ProbedConfig): Defaults {
  return {
    intervalSeconds: monitor.intervalSeconds ?? defaults.intervalSeconds,
    timeoutMs: monitor.timeoutMs ?? defaults.timeoutMs,
    attempts: monitor.attempts ?? defaults.attempts,
    backoffBaseMs: monitor.backoffBaseMs ?? defaults.backoffBaseMs,
    backoffCapMs: monitor.backoffCapMs ?? defaults.backoffCapMs,
    budgetMs: monitor.budgetMs ?? defaults.budgetMs,
    quorum: monitor.quorum ?? defaults.quorum,
    failuresToOpen: monitor.failuresToOpen ?? defaults.failuresToOpen,
    successesToClose: monitor.successesToClose ?? defaults.successesToClose,
    sloTarget: monitor.sloTarget ?? defaults.sloTarget,
  };
}
