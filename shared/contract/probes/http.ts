import { z } from "zod";
import type { Condition, HttpAuth, HttpProbe } from "../../domain/probes/http.ts";

const otherwise = z.enum(["down", "degraded"]);
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const jsonTest = z.discriminatedUnion("test", [
  z.object({ test: z.literal("exists") }),
  z.object({ test: z.literal("equals"), value: scalar }),
  z.object({ test: z.literal("oneOf"), values: z.array(scalar) }),
  z.object({ test: z.literal("atMost"), value: z.number() }),
  z.object({ test: z.literal("atLeast"), value: z.number() }),
]);

const headerTest = z.discriminatedUnion("test", [
  z.object({ test: z.literal("present") }),
  z.object({ test: z.literal("absent") }),
  z.object({ test: z.literal("equals"), value: z.string() }),
  z.object({ test: z.literal("contains"), value: z.string() }),
]);

export const latencyConditionSchema = z.object({
  kind: z.literal("latency"),
  maxMs: z.number(),
  otherwise,
});

const conditionSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("status"),
    allowed: z.array(z.object({ from: z.int(), to: z.int() })),
    otherwise,
  }),
  latencyConditionSchema,
  z.object({ kind: z.literal("size"), maxBytes: z.int().positive(), otherwise }),
  z.object({ kind: z.literal("header"), name: z.string(), demand: headerTest, otherwise }),
  z.object({ kind: z.literal("text"), contains: z.string(), present: z.boolean(), otherwise }),
  z.object({ kind: z.literal("regex"), pattern: z.string(), present: z.boolean(), otherwise }),
  z.object({ kind: z.literal("json"), path: z.string(), demand: jsonTest, otherwise }),
]) satisfies z.ZodType<Condition>;

const authSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("basic"), username: z.string(), password: z.string() }),
  z.object({ kind: z.literal("bearer"), token: z.string() }),
]) satisfies z.ZodType<HttpAuth>;

export const methodSchema = z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** JSONPath queries by name. */
export const queriesSchema = z.record(z.string(), z.string());

/** What an HTTP probe and a step of a transaction have in common. */
export const exchangeFields = {
  url: z.string(),
  method: methodSchema,
  headers: z.record(z.string(), z.string()),
  body: z.string().nullable(),
  auth: authSchema.exactOptional(),
  redirects: z.int().nonnegative().exactOptional(),
  conditions: z.array(conditionSchema),
};

export const httpProbeSchema = z.object({
  kind: z.literal("http"),
  ...exchangeFields,
  metrics: queriesSchema.exactOptional(),
}) satisfies z.ZodType<HttpProbe>;
