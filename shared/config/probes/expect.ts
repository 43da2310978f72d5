import { z } from "zod";
import type {
  Condition,
  ConditionOutcome,
  HeaderTest,
  JsonTest,
  StatusRange,
} from "../../domain/probes/http.ts";
import { queryProblem } from "../../json-path.ts";
import { expressionProblem } from "../../regular-expression.ts";
import { settings } from "../settings.ts";
import { headerName } from "./header-names.ts";

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

/** A JSONPath query (RFC 9535) that no document can make slow. */
export const jsonPath = z.string().superRefine((path, context) => {
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

const headerBase = { name: headerName, otherwise: otherwise.optional() };
const headerDemand = z.union(
  [
    z.strictObject({ ...headerBase, present: z.literal(true) }),
    z.strictObject({ ...headerBase, absent: z.literal(true) }),
    z.strictObject({ ...headerBase, equals: z.string() }),
    z.strictObject({ ...headerBase, contains: z.string().min(1) }),
  ],
  "{ name, and one of present: true, absent: true, equals, contains; otherwise: down or degraded }",
);

const text = z.string().min(1);
const textDemand = z.union(
  [text, z.strictObject({ text, otherwise })],
  "a text, or { text, otherwise: down or degraded }",
);

const pattern = text.superRefine((value, context) => {
  const problem = expressionProblem(value);
  if (problem !== null) context.addIssue({ code: "custom", message: problem });
});
const patternDemand = z.union(
  [pattern, z.strictObject({ pattern, otherwise })],
  "a regular expression, or { pattern, otherwise: down or degraded }",
);

/** What one object's memory bears with six answers at a time. */
const mostBytes = 8 * 1_048_576;
const bytes = z.int().positive().max(mostBytes);

/** Each regular expression may cost a quarter of a second where a target wants it to. */
const mostExpressions = 5;

/** What is expected of an answer. */
export const expectSchema = settings({
  status: z.array(statusDemand).min(1).default(["2xx"]),
  statusOtherwise: otherwise.default("down"),
  headers: z.array(headerDemand).default([]),
  /** A slower answer is degraded. */
  maxLatencyMs: z.int().positive().optional(),
  /** A slower answer is down. */
  downLatencyMs: z.int().positive().optional(),
  /** Of the body, after decompression. More than 1 MiB is read only where this says so. */
  maxBodyBytes: z
    .union(
      [bytes, z.strictObject({ bytes, otherwise })],
      "a number of bytes, or { bytes, otherwise: down or degraded }",
    )
    .optional(),
  contains: z.array(textDemand).default([]),
  notContains: z.array(textDemand).default([]),
  /** Regular expressions in RE2's syntax. */
  matches: z.array(patternDemand).max(mostExpressions).default([]),
  notMatches: z.array(patternDemand).max(mostExpressions).default([]),
  json: z.array(jsonDemand).default([]),
});

type Expect = z.infer<typeof expectSchema>;

/** Whether an expectation looks at the body. */
export function expectsBody(expect: Expect): boolean {
  const { contains, notContains, matches, notMatches, json, maxBodyBytes } = expect;
  const lists = [contains, notContains, matches, notMatches, json];
  return maxBodyBytes !== undefined || lists.some((list) => list.length > 0);
}

/** In the order in which they are judged: the first that fails to down decides. */
export function compileConditions(expect: Expect): Condition[] {
  const { maxLatencyMs, downLatencyMs, maxBodyBytes } = expect;
  return [
    {
      kind: "status",
      allowed: expect.status.map(statusRange),
      otherwise: expect.statusOtherwise,
    },
    ...expect.headers.map(compileHeaderDemand),
    ...(maxBodyBytes === undefined ? [] : [compileSize(maxBodyBytes)]),
    ...expect.contains.map((demand) => compileText(demand, true)),
    ...expect.notContains.map((demand) => compileText(demand, false)),
    ...expect.matches.map((demand) => compilePattern(demand, true)),
    ...expect.notMatches.map((demand) => compilePattern(demand, false)),
    ...expect.json.map(compileJsonDemand),
    ...compileLatency(downLatencyMs, "down"),
    ...compileLatency(maxLatencyMs, "degraded"),
  ];
}

/** No condition, or one. */
export function compileLatency(
  maxMs: number | undefined,
  outcome: ConditionOutcome,
): Extract<Condition, { kind: "latency" }>[] {
  return maxMs === undefined ? [] : [{ kind: "latency", maxMs, otherwise: outcome }];
}

function statusRange(demand: Expect["status"][number]): StatusRange {
  if (typeof demand === "number") return { from: demand, to: demand };
  if (typeof demand === "object") return demand;
  const first = Number(demand.charAt(0)) * 100;
  return { from: first, to: first + 99 };
}

function compileSize(demand: NonNullable<Expect["maxBodyBytes"]>): Condition {
  if (typeof demand === "number") return { kind: "size", maxBytes: demand, otherwise: "down" };
  return { kind: "size", maxBytes: demand.bytes, otherwise: demand.otherwise };
}

function compileText(demand: Expect["contains"][number], present: boolean): Condition {
  if (typeof demand === "string") {
    return { kind: "text", contains: demand, present, otherwise: "down" };
  }
  return { kind: "text", contains: demand.text, present, otherwise: demand.otherwise };
}

function compilePattern(demand: Expect["matches"][number], present: boolean): Condition {
  if (typeof demand === "string") {
    return { kind: "regex", pattern: demand, present, otherwise: "down" };
  }
  return { kind: "regex", pattern: demand.pattern, present, otherwise: demand.otherwise };
}

function compileHeaderDemand(demand: Expect["headers"][number]): Condition {
  const { name, otherwise = "down" } = demand;
  const of = (test: HeaderTest): Condition => ({ kind: "header", name, demand: test, otherwise });
  if ("present" in demand) return of({ test: "present" });
  if ("absent" in demand) return of({ test: "absent" });
  if ("equals" in demand) return of({ test: "equals", value: demand.equals });
  return of({ test: "contains", value: demand.contains });
}

function compileJsonDemand(demand: Expect["json"][number]): Condition {
  const { path, otherwise = "down" } = demand;
  const of = (test: JsonTest): Condition => ({ kind: "json", path, demand: test, otherwise });
  if ("exists" in demand) return of({ test: "exists" });
  if ("equals" in demand) return of({ test: "equals", value: demand.equals });
  if ("oneOf" in demand) return of({ test: "oneOf", values: demand.oneOf });
  if ("atMost" in demand) return of({ test: "atMost", value: demand.atMost });
  return of({ test: "atLeast", value: demand.atLeast });
}
