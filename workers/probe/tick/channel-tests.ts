/**
 * A step of the upkeep: sends the scheduled test through every channel, so that a path that is broken
 * is known before it is needed. Each is sent once for the time at which it was due; one that fails is
 * tried again, and then told through another channel that does not wake people.
 */
import pLimit from "p-limit";
import { toSeconds } from "../../../shared/clock.ts";
import {
  afterTest,
  dueTest,
  retestAfterSeconds,
  tellLateSeconds,
} from "../../../shared/domain/alerting/channel-test.ts";
import { fallbackFor } from "../../../shared/domain/alerting/delivery.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import type { LogValue } from "../../../shared/log.ts";
import {
  type ChannelTest,
  claimChannelTests,
  claimFailedTests,
  closeFailedTest,
  keepTestOutcome,
  readChannelTests,
} from "../../../shared/storage/alerting/channel-tests.ts";
import { channelTestSchedule, nextTestTime } from "../care-settings.ts";
import { failedTestMessage, sendAside, testMessage } from "../channel-test.ts";
import { knownChannels } from "./alert.ts";
import type { TickSurroundings } from "./surroundings.ts";

const atOnce = 6;
/** Tests of all channels fit between the rounds of a minute, ms. */
const timeoutMs = 8_000;
/** Channels whose messages wake people: nobody is woken because a test failed. */
const waking: ReadonlySet<string> = new Set(["pagerduty", "opsgenie"]);

/** @throws where the schedule is malformed, or the database fails */
export async function channelTestStep(
  surroundings: TickSurroundings,
  _plan: Plan,
  minute: number,
): Promise<LogValue> {
  const { env, clock } = surroundings;
  const schedule = channelTestSchedule(env);
  if (schedule === null) return null;
  const { channels } = knownChannels(surroundings);
  const due = dueTest((after) => nextTestTime(schedule, after), minute);
  const tests = await claimChannelTests(env.DB, [...channels.keys()], due, minute);
  const limit = pLimit(atOnce);
  const told = { passed: 0, again: 0, failed: 0, toldThrough: 0 };
  await Promise.all(
    tests.map((test) =>
      limit(async () => {
        told[await tryTest(surroundings, test, minute)] += 1;
      }),
    ),
  );
  const failed = await claimFailedTests(env.DB, minute);
  for (const test of failed) {
    if (await tell(surroundings, test, toSeconds(clock.now()))) told.toldThrough += 1;
  }
  return tests.length + failed.length > 0 ? told : null;
}

async function tryTest(
  { env, clock }: TickSurroundings,
  test: ChannelTest,
  minute: number,
): Promise<"passed" | "again" | "failed"> {
  const { channel, dueAt, tries } = test;
  const message = testMessage(channel, "the schedule", dueAt);
  const delivered = await sendAside(env, clock, channel, message, timeoutMs);
  const after = afterTest(tries, delivered, minute);
  const nextAt = { passed: null, again: minute + retestAfterSeconds, failed: minute };
  await keepTestOutcome(env.DB, test, delivered, nextAt[after.kind]);
  return after.kind;
}

/** Tells of a failed test through another channel; tries the next one where that fails too. */
async function tell(
  surroundings: TickSurroundings,
  test: ChannelTest,
  now: number,
): Promise<boolean> {
  const { env, clock } = surroundings;
  const { channels } = knownChannels(surroundings);
  const broken = new Set(
    (await readChannelTests(env.DB)).flatMap(({ channel, delivered }) =>
      delivered?.ok === false ? channel : [],
    ),
  );
  const working = [...channels].flatMap(([name, { type }]) =>
    waking.has(type) || broken.has(name) ? [] : name,
  );
  const message = failedTestMessage(test.channel, test.delivered, test.dueAt, now);
  const tried = new Set<string>();
  for (;;) {
    const left = working.filter((name) => !tried.has(name));
    const through = fallbackFor(test.channel, left, tried);
    if (through === null) break;
    tried.add(through);
    if ((await sendAside(env, clock, through, message, timeoutMs)).ok) {
      await closeFailedTest(env.DB, test, through);
      return true;
    }
  }
  // Nobody to tell, now or for a day: the status tells it.
  const isGivenUp = working.length === 0 || now >= test.dueAt + tellLateSeconds;
  if (isGivenUp) await closeFailedTest(env.DB, test, null);
  return false;
}
