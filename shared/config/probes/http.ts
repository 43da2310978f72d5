import { z } from "zod";
import type { HttpProbe } from "../../domain/probes/http.ts";
import { metricName } from "../metrics.ts";
import { settings } from "../settings.ts";
import { compileExchange, exchangeFields } from "./exchange.ts";
import { jsonPath } from "./expect.ts";

/** Each is stored with every result. */
const mostMetrics = 20;

/** What an HTTP monitor has besides the common fields. */
export const httpFields = {
  type: z.literal("http").default("http"),
  ...exchangeFields,
  /** Numbers to keep with the result: a JSONPath query for each. */
  metrics: z
    .record(metricName, jsonPath)
    .refine(
      (metrics) => Object.keys(metrics).length <= mostMetrics,
      `at most ${mostMetrics} metrics`,
    )
    .default({}),
};

const httpShape = settings(httpFields);

/** Compiles an HTTP monitor. */
export function compileHttp(baseUrl: string, monitor: z.infer<typeof httpShape>): HttpProbe {
  const { metrics } = monitor;
  return {
    kind: "http",
    ...compileExchange(baseUrl, monitor),
    ...(Object.keys(metrics).length > 0 && { metrics }),
  };
}
