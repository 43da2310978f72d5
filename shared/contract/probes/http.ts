import { z } from "zod";
import type { Condition, HttpProbe } from "../../domain/probes/http.ts";

const conditionOutcome = z.enum(["down", "degraded"]);
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const jsonTest = z.discriminatedUnion("test", [
  z.object({ test: z.literal("exists") }),
  z.object({ test: z.literal("equals"), value: scalar }),
  z.object({ test: z.literal("oneOf"), values: z.array(scalar) }),
  z.object({ test: z.literal("atMost"), value: z.number() }),
  z.object({ test: z.literal("atLeast"), value: z.number() }),
]);

const conditionSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("status"),
    allowed: z.array(z.object({ from: z.int(), to: z.int() })),
    otherwise: conditionOutcome,
  }),
  z.object({ kind: z.literal("latency"), maxMs: z.number(), otherwise: conditionOutcome }),
  z.object({
    kind: z.literal("text"),
    contains: z.string(),
    present: z.boolean(),
    otherwise: conditionOutcome,
  }),
  z.object({
    kind: z.literal("json"),
    path: z.string(),
    demand: jsonTest,
    otherwise: conditionOutcome,
  }),
]) satisfies z.ZodType<Condition>;

export const methodSchema = z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

export const httpProbeSchema = z.object({
  kind: z.literal("http"),
  url: z.string(),
  method: methodSchema,
  headers: z.record(z.string(), z.string()),
  body: z.string().nullable(),
  conditions: z.array(conditionSchema),
}) satisfies z.ZodType<HttpProbe>;
