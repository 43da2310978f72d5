import { z } from "zod";
import type { WebSocketProbe } from "../../domain/probes/websocket.ts";
import { latencyConditionSchema } from "./http.ts";

export const webSocketProbeSchema = z.object({
  kind: z.literal("websocket"),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  send: z.string().nullable(),
  expect: z.string().nullable(),
  conditions: z.array(latencyConditionSchema),
}) satisfies z.ZodType<WebSocketProbe>;
