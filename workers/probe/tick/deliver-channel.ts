/** A channel's turn: its messages, one after the other, until it is told all or gives no answer. */
import { toSeconds } from "../../../shared/clock.ts";
import { composeMessage } from "../../../shared/domain/alerting/compose-message.ts";
import {
  type AfterAttempt,
  afterAttempt,
  fallbackFor,
} from "../../../shared/domain/alerting/delivery.ts";
import {
  type Delivered,
  failedDelivery,
} from "../../../shared/domain/alerting/delivery-failure.ts";
import {
  advanceRun,
  freshRun,
  type Hold,
  holdAfter,
  whileHeld,
} from "../../../shared/domain/alerting/hold.ts";
import type { Message } from "../../../shared/domain/alerting/message.ts";
import {
  type ChannelPace,
  freeChannel,
  holdChannel,
} from "../../../shared/storage/alerting/channel-pace.ts";
import type { LeasedNotification } from "../../../shared/storage/alerting/outbox.ts";
import type { Settlement } from "../../../shared/storage/alerting/outbox-settle.ts";
import { version } from "../../../shared/version.ts";
import { parseSettings } from "../env.ts";
import { deliver as send } from "../notifiers/registry.ts";
import { knownChannels } from "./alert.ts";
import type { DeliveryMaterial } from "./delivery-material.ts";
import type { TickSurroundings } from "./surroundings.ts";

/** One message may take so long, ms. */
const timeoutMs = 10_000;

/** What a channel is to be told now. */
export interface ChannelTurn {
  readonly channel: string;
  /** Null where it was never told anything. */
  readonly pace: ChannelPace | null;
  /** In order, each with the earliest time at which it may be sent, epoch milliseconds. */
  readonly notifications: readonly { readonly one: LeasedNotification; readonly atMs: number }[];
  /** Channels through which nothing gets. */
  readonly away: ReadonlySet<string>;
  /** Nothing is begun later, epoch milliseconds. */
  readonly untilMs: number;
}

/**
 * Tells a channel what it is to be told.
 *
 * @param settle takes what became of each notification as soon as that is known
 */
export async function tellChannel(
  surroundings: TickSurroundings,
  material: DeliveryMaterial,
  turn: ChannelTurn,
  settle: (settlement: Settlement) => Promise<void>,
): Promise<void> {
  const { env, clock } = surroundings;
  const { channel, pace, untilMs } = turn;
  const begun = toSeconds(clock.now());
  const held: Hold | null =
    pace !== null && pace.heldUntil > begun
      ? { until: pace.heldUntil, failure: pace.failure ?? "connection" }
      : null;
  let awaySince = pace?.awaySince ?? null;
  let run = freshRun;
  for (const { one, atMs } of turn.notifications) {
    if (held) {
      await settle(failed(surroundings, material, turn, one, whileHeld(one, held, begun), false));
      continue;
    }
    if (run.over || Math.max(atMs, clock.now()) >= untilMs) {
      await settle({ kind: "released", id: one.id });
      continue;
    }
    const earlyMs = atMs - clock.now();
    if (earlyMs > 0) await clock.sleep(earlyMs);
    const { after, settlement } = await attempt(surroundings, material, turn, {
      ...one,
      awaySince,
    });
    run = advanceRun(run, after);
    await settle(settlement);
    if (after.kind === "sent" && awaySince !== null) {
      await freeChannel(env.DB, channel, toSeconds(clock.now()));
      awaySince = null;
    }
  }
  const hold = holdAfter(run);
  if (hold) await holdChannel(env.DB, channel, hold, toSeconds(clock.now()));
}

interface Attempted {
  readonly after: AfterAttempt;
  readonly settlement: Settlement;
}

async function attempt(
  surroundings: TickSurroundings,
  material: DeliveryMaterial,
  turn: ChannelTurn,
  one: LeasedNotification & { readonly awaySince: number | null },
): Promise<Attempted> {
  const { clock } = surroundings;
  const source = material.sourceOf(one);
  const message =
    source === null ? null : composeMessage({ ...source, at: toSeconds(clock.now()) });
  const delivered =
    message === null
      ? failedDelivery("rejected", "its incident is not there any more")
      : await sendThrough(surroundings, material, one, message);
  const now = toSeconds(clock.now());
  const after = afterAttempt(one, delivered, now, Math.random());
  if (after.kind !== "sent") {
    return { after, settlement: failed(surroundings, material, turn, one, after, true) };
  }
  const note = delivered.ok ? (delivered.note ?? null) : null;
  const { receipt } = after;
  const sent = { sentAt: now, receipt, message: JSON.stringify(message), note };
  return { after, settlement: { kind: "sent", id: one.id, ...sent } };
}

function failed(
  surroundings: TickSurroundings,
  material: DeliveryMaterial,
  { away }: ChannelTurn,
  one: LeasedNotification,
  after: Exclude<AfterAttempt, { kind: "sent" }>,
  tried: boolean,
): Settlement {
  const { channels } = knownChannels(surroundings);
  const fallback =
    after.fallBack && material.sourceOf(one) !== null
      ? fallbackFor(one.channel, [...channels.keys()], material.givenTo(one.incident), away)
      : null;
  return {
    kind: after.kind,
    id: one.id,
    nextAt: after.kind === "retry" ? after.nextAt : toSeconds(surroundings.clock.now()),
    failure: after.failure,
    detail: after.detail,
    fallback,
    fellBack: one.fellBack || after.fallBack,
    tried,
  };
}

async function sendThrough(
  surroundings: TickSurroundings,
  material: DeliveryMaterial,
  { channel: name, incident }: LeasedNotification,
  message: Message,
): Promise<Delivered> {
  const { env, clock } = surroundings;
  const { channels, off, broken, secrets } = knownChannels(surroundings);
  const channel = channels.get(name);
  if (!channel) {
    // Settings that cannot be read can be put right: what is due waits for that.
    const fault = broken.find((one) => one.name === name)?.because;
    if (fault) return { ...failedDelivery("misconfigured", fault), lasting: "retryable" };
    const because = off.find((one) => one.name === name)?.because ?? "no such channel";
    return failedDelivery("misconfigured", `${name}: ${because}`);
  }
  const { MONITOR_INFO_URL } = parseSettings(env);
  return send(message, channel, {
    secrets,
    clock,
    timeoutMs,
    userAgent: `NetPost-Monitor/${version} (+${MONITOR_INFO_URL})`,
    thread: material.threadOf(incident, name),
  });
}
