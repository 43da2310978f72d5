/** What operators ask about channels: which there are, and whether a message gets through. */
import { type Clock, toSeconds } from "../../shared/clock.ts";
import {
  type ChannelsAnswer,
  type TestAnswer,
  testOrderSchema,
} from "../../shared/contract/alerting/channels.ts";
import { type Delivered, failedDelivery } from "../../shared/domain/alerting/delivery-failure.ts";
import type { Message, Severity } from "../../shared/domain/alerting/message.ts";
import { describeError } from "../../shared/log.ts";
import { version } from "../../shared/version.ts";
import { channelTestSchedule, nextTestTime } from "./care-settings.ts";
import { channelsOf } from "./channels.ts";
import { type Env, parseSettings } from "./env.ts";
import type { ChannelOff } from "./notifiers/environment.ts";
import { deliver } from "./notifiers/registry.ts";

/** Shorter than whoever asks waits, ms. */
const timeoutMs = 15_000;

/** Every channel, on or off, and when all are tested next. */
export function listChannels(env: Env, clock: Clock): ChannelsAnswer {
  const { channels, off, broken } = channelsOf(env);
  return {
    ...testsOf(env, toSeconds(clock.now())),
    channels: [
      ...[...channels].map(([id, { type }]) => {
        return { id, type, on: true, because: null, broken: false };
      }),
      ...off.map((one) => ({ ...offOf(one), broken: false })),
      ...broken.map((one) => ({ ...offOf(one), broken: true })),
    ],
  };
}

function offOf({ name, because }: ChannelOff) {
  return { id: name, type: null, on: false, because };
}

/**
 * Sends a test message through a channel, past the outbox: it is about the channel, not about an
 * incident. What goes wrong outside is in what it returns.
 *
 * @throws ZodError where the order is none
 */
export async function sendTest(env: Env, clock: Clock, input: unknown): Promise<TestAnswer> {
  const { channel: id, by } = testOrderSchema.parse(input);
  const { channels, off, broken } = channelsOf(env);
  if (!channels.has(id)) {
    const because = [...off, ...broken].find(({ name }) => name === id)?.because;
    return because === undefined ? { kind: "unknown-channel" } : { kind: "off", because };
  }
  const at = toSeconds(clock.now());
  const message = testMessage(id, by, at);
  return { kind: "tried", delivered: await sendAside(env, clock, id, message, timeoutMs) };
}

/** The schedule of tests; one that is malformed is told, and stops nothing. */
function testsOf(env: Env, now: number): Pick<ChannelsAnswer, "nextTestAt" | "testFault"> {
  try {
    const schedule = channelTestSchedule(env);
    return { nextTestAt: schedule === null ? null : nextTestTime(schedule, now), testFault: null };
  } catch (error) {
    return { nextTestAt: null, testFault: describeError(error) };
  }
}

/** Sends a message past the outbox: it is about a channel, not about an incident. */
export async function sendAside(
  env: Env,
  clock: Clock,
  name: string,
  message: Message,
  patienceMs: number,
): Promise<Delivered> {
  const { channels, secrets } = channelsOf(env);
  const channel = channels.get(name);
  if (!channel) return failedDelivery("misconfigured", `${name}: the channel is off`);
  const { MONITOR_INFO_URL } = parseSettings(env);
  return deliver(message, channel, {
    secrets,
    clock,
    timeoutMs: patienceMs,
    userAgent: `NetPost-Monitor/${version} (+${MONITOR_INFO_URL})`,
    thread: null,
  });
}

/** A test; sent again for the same time it has the same key. @param at epoch seconds */
export function testMessage(channel: string, by: string, at: number): Message {
  const key = `test/${channel}/${at}`;
  const note = `asked for by ${by}; nothing is wrong`;
  return asideMessage("test", key, at, { title: "Test of this channel", severity: "info", note });
}

/**
 * Tells that the scheduled test of another channel failed.
 *
 * @param dueAt when the test was due, epoch seconds
 */
export function failedTestMessage(
  channel: string,
  delivered: Delivered | null,
  dueAt: number,
  now: number,
): Message {
  const why =
    delivered === null || delivered.ok
      ? "nobody knows what became of it"
      : `${delivered.reason}, ${delivered.detail}`;
  const title = `Channel ${channel} does not get through`;
  const note = `its scheduled test failed: ${why}`;
  const key = `test-failed/${channel}/${dueAt}`;
  return { ...asideMessage("trigger", key, dueAt, { title, severity: "warning", note }), at: now };
}

function asideMessage(
  kind: "test" | "trigger",
  key: string,
  at: number,
  { title, severity, note }: { title: string; severity: Severity; note: string },
): Message {
  return {
    kind,
    idempotencyKey: key,
    incident: {
      number: null,
      title,
      severity,
      priority: "P4",
      startedAt: at,
      endedAt: null,
      dedupKey: key,
    },
    monitors: [],
    moreMonitors: 0,
    note,
    budget: null,
    labels: {},
    links: { incident: null, acknowledge: null, runbook: null },
    at,
  };
}
