/**
 * Step 8, after each recorded round: sends what is due from the outbox. What is sent is leased before
 * and settled right after, so that whichever process dies when, it arrives, and a repetition has the
 * same key. It takes a bounded time; what is left is due in the next round.
 */
import pLimit from "p-limit";
import { toSeconds } from "../../../shared/clock.ts";
import { composeMessage } from "../../../shared/domain/alerting/compose-message.ts";
import {
  afterAttempt,
  fallbackFor,
  leaseSeconds,
} from "../../../shared/domain/alerting/delivery.ts";
import {
  type Delivered,
  failedDelivery,
} from "../../../shared/domain/alerting/delivery-failure.ts";
import type { Message } from "../../../shared/domain/alerting/message.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import { describeError } from "../../../shared/log.ts";
import {
  claimNotifications,
  type LeasedNotification,
  type Settlement,
  settleNotifications,
} from "../../../shared/storage/alerting/outbox.ts";
import { version } from "../../../shared/version.ts";
import { parseSettings } from "../env.ts";
import { deliver as send } from "../notifiers/registry.ts";
import { knownChannels } from "./alert.ts";
import { type DeliveryMaterial, readDeliveryMaterial } from "./delivery-material.ts";
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
/** One message may take so long, ms. */
const timeoutMs = 10_000;
/** Nothing is begun later than this after the step began, ms: leases last longer. */
const latestStartMs = 25_000;
const most = 30;
const mostOfChannel = 10;
/** What follows an incident's first message may be due as soon as that is sent. */
const claims = 4;

/** Sends what is due. Never throws. */
export async function deliver(
  surroundings: TickSurroundings,
  plan: Plan,
): Promise<DeliveryOutcome> {
  const { env, clock } = surroundings;
  const count = { sent: 0, retried: 0, dead: 0 };
  const until = clock.now() + latestStartMs;
  try {
    for (let round = 0; round < claims && clock.now() < until; round += 1) {
      const lease = crypto.randomUUID();
      const now = toSeconds(clock.now());
      const claim = { lease, now, leaseSeconds, most, mostOfChannel };
      const leased = await claimNotifications(env.DB, claim);
      if (leased.length === 0) break;
      const material = await readDeliveryMaterial(surroundings, plan, leased);
      const settling = new Settling(env.DB, lease, () => toSeconds(clock.now()));
      const limit = pLimit(atOnce);
      await Promise.all(
        leased.map((one) =>
          limit(async () => {
            const settlement: Settlement =
              clock.now() < until
                ? await attempt(surroundings, material, one)
                : { kind: "released", id: one.id };
            if (settlement.kind === "sent") count.sent += 1;
            if (settlement.kind === "retry") count.retried += 1;
            if (settlement.kind === "dead") count.dead += 1;
            await settling.settle(settlement);
          }),
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

async function attempt(
  surroundings: TickSurroundings,
  material: DeliveryMaterial,
  one: LeasedNotification,
): Promise<Settlement> {
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
  if (after.kind === "sent") {
    const note = delivered.ok ? (delivered.note ?? null) : null;
    const { receipt } = after;
    return {
      kind: "sent",
      id: one.id,
      sentAt: now,
      receipt,
      message: JSON.stringify(message),
      note,
    };
  }
  const { channels } = knownChannels(surroundings);
  const fallback =
    after.fallBack && message !== null
      ? fallbackFor(one.channel, [...channels.keys()], material.givenTo(one.incident))
      : null;
  return {
    kind: after.kind,
    id: one.id,
    nextAt: after.kind === "retry" ? after.nextAt : now,
    failure: after.failure,
    detail: after.detail,
    fallback,
    fellBack: one.fellBack || after.fallBack,
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

/** Writes what became of notifications as soon as it is known, one batch at a time. */
class Settling {
  readonly #db: D1Database;
  readonly #lease: string;
  readonly #now: () => number;
  #waiting: Settlement[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(db: D1Database, lease: string, now: () => number) {
    this.#db = db;
    this.#lease = lease;
    this.#now = now;
  }

  settle(settlement: Settlement): Promise<void> {
    this.#waiting.push(settlement);
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  end(): Promise<void> {
    return this.#writing;
  }

  async #write(): Promise<void> {
    const settlements = this.#waiting;
    this.#waiting = [];
    if (settlements.length === 0) return;
    const write = () => settleNotifications(this.#db, this.#lease, settlements, this.#now());
    // Once more at once: what was sent and is not settled is sent again.
    await write().catch(write);
  }
}
