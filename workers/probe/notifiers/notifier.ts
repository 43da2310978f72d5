import type { z } from "zod";
import type { Clock } from "../../../shared/clock.ts";
import type { Delivered } from "../../../shared/domain/alerting/delivery-failure.ts";
import type { Message } from "../../../shared/domain/alerting/message.ts";

/** The Worker's secrets by name, for example `SLACK_WEBHOOK_URL`. An empty one counts as missing. */
export type ChannelSecrets = ReadonlyMap<string, string>;

/** What a delivery takes from outside. */
export interface DeliveryContext {
  readonly secrets: ChannelSecrets;
  readonly clock: Clock;
  /** For the whole delivery, ms. */
  readonly timeoutMs: number;
  readonly userAgent: string;
  /** The receipt of the incident's first message in this channel; null: there is none. */
  readonly thread: string | null;
}

/** What a notifier is given: the same, and what tells it that time is up. */
export interface NotifierContext extends DeliveryContext {
  readonly signal: AbortSignal;
}

/** One way to tell people. */
export interface Notifier<Settings> {
  /** Its `type` in a channel's settings. */
  readonly kind: string;
  /** Checks a channel's settings. Secrets are in them by name only. */
  readonly settings: z.ZodType<Settings>;
  /**
   * Sends one message. Every failure outside is in what it returns; it throws where the fault is
   * ours, or the settings'.
   *
   * @throws MisconfiguredChannel where a secret is missing or malformed
   */
  send(message: Message, settings: Settings, context: NotifierContext): Promise<Delivered>;
}

/** A channel's settings cannot be used. The message names settings, never a value. */
export class MisconfiguredChannel extends Error {
  override readonly name = "MisconfiguredChannel";
}
