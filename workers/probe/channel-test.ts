/** What operators ask about channels: which there are, and whether a message gets through. */
import { type Clock, toSeconds } from "../../shared/clock.ts";
import {
  type ChannelsAnswer,
  type TestAnswer,
  testOrderSchema,
} from "../../shared/contract/alerting/channels.ts";
import type { Message } from "../../shared/domain/alerting/message.ts";
import { version } from "../../shared/version.ts";
import { channelsOf } from "./channels.ts";
import { type Env, parseSettings } from "./env.ts";
import { deliver } from "./notifiers/registry.ts";

/** Shorter than whoever asks waits, ms. */
const timeoutMs = 15_000;

/** Every channel, on or off. */
export function listChannels(env: Env): ChannelsAnswer {
  const { channels, off, broken } = channelsOf(env);
  return {
    channels: [
      ...[...channels].map(([id, { type }]) => ({ id, type, on: true, because: null })),
      ...[...off, ...broken].map(({ name, because }) => ({
        id: name,
        type: null,
        on: false,
        because,
      })),
    ],
  };
}

/**
 * Sends a test message through a channel, past the outbox: it is about the channel, not about an
 * incident. What goes wrong outside is in what it returns.
 *
 * @throws ZodError where the order is none
 */
export async function sendTest(env: Env, clock: Clock, input: unknown): Promise<TestAnswer> {
  const { channel: id, by } = testOrderSchema.parse(input);
  const { channels, off, broken, secrets } = channelsOf(env);
  const channel = channels.get(id);
  if (!channel) {
    const because = [...off, ...broken].find(({ name }) => name === id)?.because;
    return because === undefined ? { kind: "unknown-channel" } : { kind: "off", because };
  }
  const { MONITOR_INFO_URL } = parseSettings(env);
  const delivered = await deliver(testMessage(id, by, toSeconds(clock.now())), channel, {
    secrets,
    clock,
    timeoutMs,
    userAgent: `NetPost-Monitor/${version} (+${MONITOR_INFO_URL})`,
    thread: null,
  });
  return { kind: "tried", delivered };
}

function testMessage(channel: string, by: string, at: number): Message {
  const key = `test/${channel}/${at}`;
  return {
    kind: "test",
    idempotencyKey: key,
    incident: {
      number: null,
      title: "Test of this channel",
      severity: "info",
      priority: "P4",
      startedAt: at,
      endedAt: null,
      dedupKey: key,
    },
    monitors: [],
    moreMonitors: 0,
    note: `asked for by ${by}; nothing is wrong`,
    budget: null,
    labels: {},
    links: { incident: null, acknowledge: null, runbook: null },
    at,
  };
}
