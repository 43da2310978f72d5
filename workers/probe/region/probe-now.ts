import {
  type RegionTranscript,
  regionProbeNowSchema,
} from "../../../shared/contract/transcript.ts";
import type { Env } from "../env.ts";
import { secretsOf } from "../probers/secrets.ts";
import { Recorder } from "../transcript/recorder.ts";
import { secretsInBody } from "../transcript/redact.ts";
import { runProbe } from "./run-probe.ts";
import { probeSurroundings } from "./surroundings.ts";

/**
 * Runs one probe outside of any round and tells how it went. Nothing is kept of it.
 *
 * @param input the region's id and the monitor to probe
 * @throws ZodError on anything else
 */
export async function probeNow(input: unknown, env: Env): Promise<RegionTranscript> {
  const { region, monitor } = regionProbeNowSchema.parse(input);
  const surroundings = probeSurroundings(region, env);
  const recorder = new Recorder(surroundings.clock, secretsOf(env).values.values());
  for (const text of bodiesOf(monitor.probe).flatMap(secretsInBody)) recorder.conceal(text);
  const result = await runProbe(monitor, monitor.retry, { ...surroundings, recorder });
  return { kind: "probed", transcript: recorder.transcript(result, monitor.retry.budgetMs) };
}

/** What a probe's requests send as their body, whatever its kind. */
function bodiesOf(part: unknown): string[] {
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap(([name, value]: [string, unknown]) =>
    name === "body" && typeof value === "string" ? [value] : bodiesOf(value),
  );
}
