import { z } from "zod";
import type { DnsCondition, DnsProbe } from "../../domain/probes/dns.ts";
import { latencyConditionSchema } from "./http.ts";

const otherwise = z.enum(["down", "degraded"]);

const conditionSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("contains"), value: z.string(), otherwise }),
  z.object({ kind: z.literal("equals"), values: z.array(z.string()), otherwise }),
  z.object({ kind: z.literal("at-least"), count: z.int().positive(), otherwise }),
  latencyConditionSchema,
]) satisfies z.ZodType<DnsCondition>;

export const recordTypeSchema = z.enum(["A", "AAAA", "CNAME", "MX", "TXT", "NS"]);

export const dnsProbeSchema = z.object({
  kind: z.literal("dns"),
  name: z.string(),
  recordType: recordTypeSchema,
  resolver: z.string(),
  conditions: z.array(conditionSchema),
}) satisfies z.ZodType<DnsProbe>;
