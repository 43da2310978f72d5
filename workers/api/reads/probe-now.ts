import type { Clock } from "../../../shared/clock.ts";
import {
  type ProbeNowAnswer,
  type ProbeNowRequest,
  probeNowAnswerSchema,
  type RegionTranscript,
} from "../../../shared/contract/transcript.ts";
import { log, logIds } from "../../../shared/log.ts";
import type { ProbeBinding } from "../env.ts";

/** Time for what lies between here and the probe itself, ms. */
const messageMs = 6_000;

/**
 * Asks the probe Worker for one probe now from each of some regions. Never throws: where the Worker
 * fails, every region's entry says so.
 */
export async function askForProbe(
  probe: ProbeBinding,
  clock: Clock,
  request: ProbeNowRequest,
): Promise<ProbeNowAnswer> {
  const patienceMs = request.monitor.retry.budgetMs + messageMs;
  const all = (detail: string): ProbeNowAnswer => {
    const entry: RegionTranscript = { kind: "failed", reason: "region-unreachable", detail };
    return Object.fromEntries(request.regions.map(({ id }) => [id, entry]));
  };
  const answer = async () => probeNowAnswerSchema.parse(await probe.probeNow(request, logIds()));
  const expire = clock
    .sleep(patienceMs)
    .then(() => all(`the probe Worker did not answer within ${patienceMs} ms`));
  try {
    return await Promise.race([answer(), expire]);
  } catch (error) {
    log("error", "probe-now-failed", {}, error);
    return all("the probe Worker failed");
  }
}
