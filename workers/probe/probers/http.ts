import type { HttpProbe } from "../../../shared/domain/probes/http.ts";
import { metricsOf } from "./answer.ts";
import { exchange } from "./exchange.ts";
import type { Attempt, ProberContext } from "./prober.ts";

/** Asks once and judges the answer; takes the metrics of whatever answer came whole. */
export async function probeHttp(probe: HttpProbe, context: ProberContext): Promise<Attempt> {
  const { values, redact } = context.secrets;
  const { attempt, answer } = await exchange(probe, {
    ...context,
    values,
    redact,
    signal: AbortSignal.timeout(context.timeoutMs),
    needsBody: probe.metrics !== undefined,
  });
  if (probe.metrics === undefined || answer === null) return attempt;
  return { ...attempt, metrics: metricsOf(probe.metrics, answer) };
}
