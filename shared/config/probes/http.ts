import { z } from "zod";
import { methodSchema } from "../../contract/probes/http.ts";
import type { Condition, HttpProbe, StatusRange } from "../../domain/probes/http.ts";
import { queryProblem } from "../../json-path.ts";
import { settings } from "../settings.ts";

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

type JsonDemand = z.infer<typeof jsonDemand>;

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

const headerName = z
  .string()
  .regex(
    /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
    "a header name is letters, digits and any of !#$%&'*+-.^_`|~",
  );
const headerValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, "a header value is one line");

/** What an HTTP monitor has besides the common fields. */
export const httpFields = {
  type: z.literal("http").default("http"),
  /** Absolute, or a path below `baseUrl`. */
  url: z.string().refine(isHttpUrlOrPath, "an http(s) URL, or a path that starts with /"),
  method: methodSchema.default("GET"),
  headers: z.record(headerName, headerValue).default({}),
  body: z.string().max(65_536).optional(),
  expect: expectSchema.prefault({}),
};

const httpShape = z.object(httpFields);
type HttpConfig = z.infer<typeof httpShape>;

/** Compiles an HTTP monitor: its address made absolute, its demands made conditions. */
export function compileHttp(baseUrl: string, monitor: HttpConfig): HttpProbe {
  return {
    kind: "http",
    url: monitor.url.startsWith("/") ? `${baseUrl.replace(/\/+$/, "")}${monitor.url}` : monitor.url,
    method: monitor.method,
    headers: monitor.headers,
    body: monitor.body ?? null,
    conditions: compileConditions(monitor),
  };
}

/** In the order in which they are judged: the first that fails to down decides. */
function compileConditions({ expect }: HttpConfig): Condition[] {
  const { maxLatencyMs, downLatencyMs } = expect;
  return [
    { kind: "status", allowed: expect.status.map(statusRange), otherwise: "down" },
    ...expect.contains.map((contains): Condition => {
      return { kind: "text", contains, present: true, otherwise: "down" };
    }),
    ...expect.notContains.map((contains): Condition => {
      return { kind: "text", contains, present: false, otherwise: "down" };
    }),
    ...expect.json.map(compileJsonDemand),
    ...latency(downLatencyMs, "down"),
    ...latency(maxLatencyMs, "degraded"),
  ];
}

function latency(maxMs: number | undefined, otherwise: "down" | "degraded"): Condition[] {
  return maxMs === undefined ? [] : [{ kind: "latency", maxMs, otherwise }];
}

function statusRange(demand: HttpConfig["expect"]["status"][number]): StatusRange {
  if (typeof demand === "number") return { from: demand, to: demand };
  if (typeof demand === "object") return demand;
  const first = Number(demand.charAt(0)) * 100;
  return { from: first, to: first + 99 };
}

function compileJsonDemand(demand: JsonDemand): Condition {
  const { path, otherwise = "down" } = demand;
  const of = (test: Extract<Condition, { kind: "json" }>["demand"]): Condition => {
    return { kind: "json", path, demand: test, otherwise };
  };
  if ("equals" in demand) return of({ test: "equals", value: demand.equals });
  if ("oneOf" in demand) return of({ test: "oneOf", values: demand.oneOf });
  if ("atMost" in demand) return of({ test: "atMost", value: demand.atMost });
  if ("atLeast" in demand) return of({ test: "atLeast", value: demand.atLeast });
  return of({ test: "exists" });
}

function isHttpUrlOrPath(url: string): boolean {
  if (url.startsWith("/")) return !url.startsWith("//");
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
