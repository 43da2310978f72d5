import { WorkerEntrypoint } from "cloudflare:workers";
import { systemClock } from "../../shared/clock.ts";
import type { ChannelsAnswer, TestAnswer } from "../../shared/contract/alerting/channels.ts";
import type { BenchmarkAnswer } from "../../shared/contract/benchmark.ts";
import type { ProbeNowAnswer } from "../../shared/contract/transcript.ts";
import { version } from "../../shared/version.ts";
import { benchmark } from "./benchmark.ts";
import { listChannels, sendTest } from "./channel-test.ts";
import { type Env, parseSettings } from "./env.ts";
import { probeNow } from "./probe-now.ts";
import { logTick } from "./tick/log-tick.ts";
import { emptyRecollection } from "./tick/surroundings.ts";
import { tick } from "./tick/tick.ts";

export { PlanKeeper } from "./plan-keeper.ts";
export { Region } from "./region/region.ts";

const recollection = emptyRecollection();

export default {
  async scheduled(controller, env) {
    parseSettings(env);
    const startedAt = systemClock.now();
    const minute = Math.floor(controller.scheduledTime / 60_000) * 60;
    const outcome = await tick({ env, clock: systemClock, recollection }, minute);
    logTick(outcome, systemClock.now() - startedAt);
  },
} satisfies ExportedHandler<Env>;

/** What the api Worker may ask of this one. */
export class ProbeService extends WorkerEntrypoint<Env> {
  /** Answers if this Worker runs, with its version. */
  health(): { version: string } {
    return { version };
  }

  /** Has regions probe a monitor now and tell how it went; takes a ProbeNowRequest. */
  probeNow(input: unknown): Promise<ProbeNowAnswer> {
    return probeNow(this.env, systemClock, input);
  }

  /** Has a region ask an endpoint many times in a row; takes a BenchmarkOrder. */
  benchmark(input: unknown): Promise<BenchmarkAnswer> {
    return benchmark(this.env, systemClock, input);
  }

  /** Tells which channels there are, on or off, without anything secret. */
  channels(): ChannelsAnswer {
    return listChannels(this.env, systemClock);
  }

  /** Sends a test message through a channel; takes a test order. */
  sendTest(input: unknown): Promise<TestAnswer> {
    return sendTest(this.env, systemClock, input);
  }
}
