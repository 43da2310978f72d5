import { z } from "zod";
import type { LatencyCondition } from "../../domain/probes/latency.ts";
import { compileLatency } from "./expect.ts";

/** Bounds on how long an answer may take, for the `expect` of any kind of probe. */
export const latencyFields = {
  /** A slower answer is degraded. */
  maxLatencyMs: z.int().positive().optional(),
  /** A slower answer is down. */
  downLatencyMs: z.int().positive().optional(),
};

const latencyShape = z.object(latencyFields);

/** Compiles the bounds, the one that makes a result down first. */
export function compileBounds(expect: z.infer<typeof latencyShape>): LatencyCondition[] {
  return [
    ...compileLatency(expect.downLatencyMs, "down"),
    ...compileLatency(expect.maxLatencyMs, "degraded"),
  ];
}
