/** The configuration file: what people write. Every rule it breaks is named with its path. */
import { z } from "zod";
import { methodSchema } from "../contract/plan.ts";
import { locationHints } from "../domain/monitor.ts";
import { fastIntervals, isInterval } from "../domain/schedule.ts";
import { roundBudgetMs } from "../domain/shard.ts";
import { queryProblem } from "../json-path.ts";

/** An object with these settings and no others, whose mistakes name those allowed. */
function settings<const Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `no such setting: ${issue.keys.join(", ")}; allowed: ${Object.keys(shape).join(", ")}`
        : undefined,
  });
}

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

const otherwise = z.enum(["down", "degraded"]);

const statusDemand = z.union(
  [
    z.int().min(100).max(599),
    z.enum(["1xx", "2xx", "3xx", "4xx", "5xx"]),
    z
      .strictObject({ from: z.int().min(100).max(599), to: z.int().min(100).max(599) })
      .refine(({ from, to }) => from <= to, "from is at most to"),
  ],
  "a status from 100 to 599, a class such as 2xx, or { from, to }",
);

const jsonPath = z.string().superRefine((path, context) => {
  const problem = queryProblem(path);
  if (problem !== null) context.addIssue({ code: "custom", message: problem });
});
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const jsonDemand = z.union(
  [
    z.strictObject({ path: jsonPath, exists: z.literal(true), otherwise: otherwise.optional() }),
    z.strictObject({ path: jsonPath, equals: scalar, otherwise: otherwise.optional() }),
    z.strictObject({
      path: jsonPath,
      oneOf: z.array(scalar).min(1),
      otherwise: otherwise.optional(),
    }),
    z.strictObject({ path: jsonPath, atMost: z.number(), otherwise: otherwise.optional() }),
    z.strictObject({ path: jsonPath, atLeast: z.number(), otherwise: otherwise.optional() }),
  ],
  "{ path, and one of exists: true, equals, oneOf, atMost, atLeast; otherwise: down or degraded }, with a JSONPath query (RFC 9535) as path",
);

export type JsonDemand = z.infer<typeof jsonDemand>;

const expectSchema = settings({
  status: z.array(statusDemand).min(1).default(["2xx"]),
  /** A slower answer is degraded. */
  maxLatencyMs: z.int().positive().optional(),
  /** A slower answer is down. */
  downLatencyMs: z.int().positive().optional(),
  contains: z.array(z.string().min(1)).default([]),
  notContains: z.array(z.string().min(1)).default([]),
  json: z.array(jsonDemand).default([]),
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

const headerName = z
  .string()
  .regex(
    /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
    "a header name is letters, digits and any of !#$%&'*+-.^_`|~",
  );
const headerValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, "a header value is one line");

export const monitorSchema = settings({
  id,
  name: z.string().min(1).max(100),
  group: z.string().min(1).max(100).default("NetPost"),
  /** Absolute, or a path below `baseUrl`. */
  url: z.string().refine(isHttpUrlOrPath, "an http(s) URL, or a path that starts with /"),
  method: methodSchema.default("GET"),
  headers: z.record(headerName, headerValue).default({}),
  body: z.string().max(65_536).optional(),
  expect: expectSchema.prefault({}),
  /** All of the file's regions unless said. */
  regions: z.array(z.string()).min(1).optional(),
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
});

export type MonitorConfig = z.infer<typeof monitorSchema>;

/** The form alone; `rules.ts` has what the parts demand of each other. */
export const configSchema = settings({
  baseUrl: z.url({ protocol: /^https?$/, error: "an http(s) URL" }),
  regions: z
    .record(id, regionSchema)
    .refine((regions) => Object.keys(regions).length > 0, "at least one region"),
  defaults: defaultsSchema.prefault({}),
  monitors: z.array(monitorSchema).max(10_000),
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
export function policyOf(defaults: Defaults, monitor: MonitorConfig): Defaults {
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

function isHttpUrlOrPath(url: string): boolean {
  if (url.startsWith("/")) return !url.startsWith("//");
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
