import type { Clock } from "../../shared/clock.ts";
import {
  type ProbeNowAnswer,
  probeNowRequestSchema,
  type RegionTranscript,
  regionTranscriptSchema,
} from "../../shared/contract/transcript.ts";
import type { Monitor, Region } from "../../shared/domain/monitor.ts";
import { log, logIds } from "../../shared/log.ts";
import type { Bindings } from "./env.ts";
import { regionStub } from "./tick/fan-out.ts";

/** Time for a message to and from an object, ms. */
const messageMs = 3_000;

/**
 * Has each of some regions run one probe of a monitor now, in the object that probes it in rounds
 * too. Nothing is recorded.
 *
 * @param input a ProbeNowRequest
 * @returns a transcript by region's id; a region that fails is an entry that says so
 * @throws ZodError on anything else
 */
export async function probeNow(
  env: Bindings,
  clock: Clock,
  input: unknown,
): Promise<ProbeNowAnswer> {
  const { monitor, regions } = probeNowRequestSchema.parse(input);
  const entries = regions.map(
    async (region) => [region.id, await ask(env, clock, region, monitor)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function ask(
  env: Bindings,
  clock: Clock,
  region: Region,
  monitor: Monitor,
): Promise<RegionTranscript> {
  const patienceMs = monitor.retry.budgetMs + messageMs;
  const answer = async (): Promise<RegionTranscript> => {
    const stub = regionStub(env, region, monitor.shard);
    return regionTranscriptSchema.parse(
      await stub.probeNow({ region: region.id, monitor }, logIds()),
    );
  };
  const expire = clock.sleep(patienceMs).then(() => failed(`no answer within ${patienceMs} ms`));
  try {
    return await Promise.race([answer(), expire]);
  } catch (error) {
    log("error", "probe-now-failed", { region: region.id }, error);
    return failed("the region's object failed");
  }
}

/** An entry for a region that gave no transcript: our own fault, whatever the target does. */
function failed(detail: string): RegionTranscript {
  return { kind: "failed", reason: "region-unreachable", detail };
}
