import { z } from "zod";
import type { TcpProbe } from "../../domain/probes/tcp.ts";
import { latencyConditionSchema } from "./http.ts";

export const tcpProbeSchema = z.object({
  kind: z.literal("tcp"),
  host: z.string(),
  port: z.int().min(1).max(65_535),
  tls: z.boolean(),
  send: z.string().nullable(),
  expect: z.string().nullable(),
  conditions: z.array(latencyConditionSchema),
}) satisfies z.ZodType<TcpProbe>;
