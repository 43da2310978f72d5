/** What the probe Worker tells of channels: it alone has their settings. */

import type { Clock } from "../../../shared/clock.ts";
import {
  type ChannelsAnswer,
  type ConfiguredChannel,
  channelsAnswerSchema,
  type TestAnswer,
  testAnswerSchema,
} from "../../../shared/contract/alerting/channels.ts";
import { log, logIds } from "../../../shared/log.ts";
import type { ProbeBinding } from "../env.ts";
import { ProblemError } from "../problems.ts";

const listPatienceMs = 3_000;
/** A delivery has a time of its own, below this. */
const testPatienceMs = 30_000;

/** Every channel, on or off. @throws ProblemError `not-ready` where the probe Worker does not say */
export async function askChannels(
  probe: ProbeBinding,
  clock: Clock,
): Promise<readonly ConfiguredChannel[]> {
  return (await askForChannels(probe, clock)).channels;
}

/** The same, and when they are tested next. @throws ProblemError `not-ready` */
export function askForChannels(probe: ProbeBinding, clock: Clock): Promise<ChannelsAnswer> {
  return inTime(clock, listPatienceMs, async () =>
    channelsAnswerSchema.parse(await probe.channels(logIds())),
  );
}

/** Has a test message sent through a channel. @throws ProblemError `not-ready` */
export function askForTest(
  probe: ProbeBinding,
  clock: Clock,
  channel: string,
  by: string,
): Promise<TestAnswer> {
  return inTime(clock, testPatienceMs, async () =>
    testAnswerSchema.parse(await probe.sendTest({ channel, by }, logIds())),
  );
}

async function inTime<T>(clock: Clock, patienceMs: number, ask: () => Promise<T>): Promise<T> {
  const expired = clock.sleep(patienceMs).then((): never => {
    throw new Error(`no answer within ${patienceMs} ms`);
  });
  try {
    return await Promise.race([ask(), expired]);
  } catch (error) {
    log("error", "channels-not-known", {}, error);
    throw new ProblemError(
      "not-ready",
      "The probe Worker, which has the channels, does not answer.",
    );
  }
}
