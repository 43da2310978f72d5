/**
 * Step 8, after each recorded round: sends what is due from the outbox. What is sent is leased before
 * and settled right after, so that whichever process dies when, it arrives, and a repetition has the
 * same key. Channels are told beside each other, each at its own pace and one message after the
 * other, critical first, then oldest. It takes a bounded time; what is left is due in the next round.
 */
import pLimit from "p-limit";
import { toSeconds } from "../../../shared/clock.ts";
import { leaseSeconds } from "../../../shared/domain/alerting/delivery.ts";
import {
  type PaceLimit,
  paceFloor,
  paceOf,
  placesUntil,
  placeTimes,
} from "../../../shared/domain/alerting/pace.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import { describeError } from "../../../shared/log.ts";
import {
  bookPlaces,
  type ChannelPace,
  readChannelPaces,
} from "../../../shared/storage/alerting/channel-pace.ts";
import {
  claimNotifications,
  isAnythingDue,
  type LeasedNotification,
} from "../../../shared/storage/alerting/outbox.ts";
import { knownChannels } from "./alert.ts";
import { type ChannelTurn, tellChannel } from "./deliver-channel.ts";
import { readDeliveryMaterial } from "./delivery-material.ts";
import { Settling } from "./settling.ts";
import type { TickSurroundings } from "./surroundings.ts";

/** What became of a round's deliveries. */
export interface DeliveryOutcome {
  readonly sent: number;
  readonly retried: number;
  readonly dead: number;
  /** Why nothing or not all was done; null where it was. */
  readonly fault: string | null;
}

/** Connections that may wait for an answer at once; the platform queues a seventh. */
const atOnce = 6;
/** Nothing is begun later than this after the step began, ms: leases last longer. */
const latestStartMs = 25_000;
const most = 60;
const mostOfChannel = 30;
/** What follows an incident's first message, or a fallback, may be due as soon as that is settled. */
const claims = 4;

/** Sends what is due. Never throws. */
export async function deliver(
  surroundings: TickSurroundings,
  plan: Plan,
): Promise<DeliveryOutcome> {
  const { env, clock } = surroundings;
  const count = { sent: 0, retried: 0, dead: 0 };
  const untilMs = clock.now() + latestStartMs;
  try {
    for (let round = 0; round < claims && clock.now() < untilMs; round += 1) {
      const now = toSeconds(clock.now());
      if (!(await isAnythingDue(env.DB, now))) break;
      const paces = await readChannelPaces(env.DB);
      const lease = crypto.randomUUID();
      const leased = await claimNotifications(env.DB, {
        ...{ lease, now, leaseSeconds, most },
        mostOf: roomOf(surroundings, paces, untilMs),
        mostOfOthers: mostOfChannel,
      });
      if (leased.length === 0) break;
      const material = await readDeliveryMaterial(surroundings, plan, leased);
      const settling = new Settling(env.DB, lease, () => toSeconds(clock.now()));
      const limit = pLimit(atOnce);
      const turns = await turnsOf(surroundings, leased, paces, untilMs);
      await Promise.all(
        turns.map((turn) =>
          limit(() =>
            tellChannel(surroundings, material, turn, (settlement) => {
              if (settlement.kind === "sent") count.sent += 1;
              if (settlement.kind === "retry") count.retried += 1;
              if (settlement.kind === "dead") count.dead += 1;
              return settling.settle(settlement);
            }),
          ),
        ),
      );
      await settling.end();
    }
    return { ...count, fault: null };
  } catch (error) {
    // What was leased is taken up again when its lease ends.
    return { ...count, fault: describeError(error) };
  }
}

/** How many messages each channel takes in the time that there is. */
function roomOf(
  surroundings: TickSurroundings,
  paces: ReadonlyMap<string, ChannelPace>,
  untilMs: number,
): ReadonlyMap<string, number> {
  const nowMs = surroundings.clock.now();
  const { channels } = knownChannels(surroundings);
  return new Map(
    [...channels].map(([name, { type }]) => {
      const booked = paces.get(name)?.bookedUntilMs ?? 0;
      return [name, Math.min(mostOfChannel, placesUntil(paceOf(type), booked, nowMs, untilMs))];
    }),
  );
}

/** Gives each channel its own notifications, in order, and the times at which they may be sent. */
async function turnsOf(
  surroundings: TickSurroundings,
  leased: readonly LeasedNotification[],
  paces: ReadonlyMap<string, ChannelPace>,
  untilMs: number,
): Promise<ChannelTurn[]> {
  const { env, clock } = surroundings;
  const nowMs = clock.now();
  const { channels } = knownChannels(surroundings);
  const limitOf = (name: string): PaceLimit => paceOf(channels.get(name)?.type ?? null);
  const away = new Set([...paces.values()].flatMap((one) => (one.awaySince ? one.channel : [])));
  const groups = [...Map.groupBy(leased, ({ channel }) => channel)];
  const isHeld = (name: string) => (paces.get(name)?.heldUntil ?? 0) > toSeconds(nowMs);
  const booked = await bookPlaces(
    env.DB,
    groups.flatMap(([channel, own]) => {
      if (isHeld(channel) || !channels.has(channel)) return [];
      const limit = limitOf(channel);
      return {
        channel,
        floorMs: paceFloor(limit, nowMs),
        spanMs: own.length * limit.everyMs,
      };
    }),
  );
  return groups.map(([channel, own]) => {
    const bookedUntil = booked.get(channel);
    const times =
      bookedUntil === undefined ? [] : placeTimes(limitOf(channel), bookedUntil, own.length);
    return {
      channel,
      pace: paces.get(channel) ?? null,
      notifications: own.map((one, index) => ({ one, atMs: times[index] ?? nowMs })),
      away,
      untilMs,
    };
  });
}
