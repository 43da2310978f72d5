import type { Condition } from "./http.ts";

/** A demand on how long an answer may take; every kind of probe can have it. */
export type LatencyCondition = Extract<Condition, { kind: "latency" }>;
