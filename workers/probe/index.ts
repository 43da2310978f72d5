import { WorkerEntrypoint } from "cloudflare:workers";
import { systemClock } from "../../shared/clock.ts";
import type { ChannelsAnswer, TestAnswer } from "../../shared/contract/alerting/channels.ts";
import type { BenchmarkAnswer } from "../../shared/contract/benchmark.ts";
import type { ProbeNowAnswer } from "../../shared/contract/transcript.ts";
import { version } from "../../shared/version.ts";
import { benchmark } from "./benchmark.ts";
import { listChannels, sendTest } from "./channel-test.ts";
import type { Env } from "./env.ts";
import { probeNow } from "./probe-now.ts";
import { reportedCall } from "./reported-call.ts";
import { reportedTick } from "./reported-tick.ts";
import { emptyRecollection } from "./tick/surroundings.ts";

export { PlanKeeper } from "./plan-keeper.ts";
export { Region } from "./region/region.ts";

const recollection = emptyRecollection();

export default {
  scheduled(controller, env, context) {
    const minute = Math.floor(controller.scheduledTime / 60_000) * 60;
    return reportedTick({ env, clock: systemClock, recollection }, context, minute);
  },
} satisfies ExportedHandler<Env>;

/** What the api Worker may ask of this one; with each question its `logIds()`. */
export class ProbeService extends WorkerEntrypoint<Env> {
  /** Answers if this Worker runs, with its version. */
  health(): { version: string } {
    return { version };
  }

  /** Has regions probe a monitor now and tell how it went; takes a ProbeNowRequest. */
  probeNow(input: unknown, caller?: unknown): Promise<ProbeNowAnswer> {
    return this.#reported("probeNow", caller, () => probeNow(this.env, systemClock, input));
  }

  /** Has a region ask an endpoint many times in a row; takes a BenchmarkOrder. */
  benchmark(input: unknown, caller?: unknown): Promise<BenchmarkAnswer> {
    return this.#reported("benchmark", caller, () => benchmark(this.env, systemClock, input));
  }

  /** Tells which channels there are, on or off, without anything secret. */
  channels(caller?: unknown): Promise<ChannelsAnswer> {
    return this.#reported("channels", caller, () => listChannels(this.env, systemClock));
  }

  /** Sends a test message through a channel; takes a test order. */
  sendTest(input: unknown, caller?: unknown): Promise<TestAnswer> {
    return this.#reported("sendTest", caller, () => sendTest(this.env, systemClock, input));
  }

  #reported<T>(call: string, caller: unknown, action: () => T | Promise<T>): Promise<T> {
    const callee = {
      env: this.env,
      waitUntil: (done: Promise<unknown>) => this.ctx.waitUntil(done),
    };
    return reportedCall(callee, call, caller, action);
  }
}
