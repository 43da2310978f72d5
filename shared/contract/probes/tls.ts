import { z } from "zod";
import { type TlsCondition, type TlsProbe, tlsVersions } from "../../domain/probes/tls.ts";
import { latencyConditionSchema } from "./http.ts";

const otherwise = z.enum(["down", "degraded"]);

const conditionSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("days-left"), least: z.number(), otherwise }),
  z.object({ kind: z.literal("name"), otherwise }),
  z.object({ kind: z.literal("issued"), otherwise }),
  z.object({ kind: z.literal("issuer"), contains: z.string(), otherwise }),
  z.object({ kind: z.literal("version"), least: z.enum(tlsVersions), otherwise }),
  latencyConditionSchema,
]) satisfies z.ZodType<TlsCondition>;

export const tlsProbeSchema = z.object({
  kind: z.literal("tls"),
  host: z.string(),
  port: z.int().min(1).max(65_535),
  serverName: z.string(),
  conditions: z.array(conditionSchema),
}) satisfies z.ZodType<TlsProbe>;
