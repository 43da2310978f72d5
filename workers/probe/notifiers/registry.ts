import {
  type Delivered,
  failedDelivery,
} from "../../../shared/domain/alerting/delivery-failure.ts";
import type { Message } from "../../../shared/domain/alerting/message.ts";
import { describeError, log, redactedError } from "../../../shared/log.ts";
import type { Redact } from "../../../shared/redact.ts";
import { discord } from "./discord.ts";
import { email } from "./email.ts";
import { googleChat } from "./google-chat.ts";
import { timedOut } from "./http-delivery.ts";
import {
  type DeliveryContext,
  MisconfiguredChannel,
  type Notifier,
  type NotifierContext,
} from "./notifier.ts";
import { ntfy } from "./ntfy.ts";
import { opsgenie } from "./opsgenie.ts";
import { pagerduty } from "./pagerduty.ts";
import { cut, oneLine } from "./render/text.ts";
import { channelRedactor } from "./secret.ts";
import { slack } from "./slack.ts";
import { slackApp } from "./slack-app.ts";
import { teams } from "./teams.ts";
import { telegram } from "./telegram.ts";
import { template } from "./template.ts";
import { webhook } from "./webhook.ts";

/** A channel: its `type`, and the settings of that type. Secrets are in it by name only. */
export interface Channel {
  readonly type: string;
  readonly [setting: string]: unknown;
}

interface Registered {
  /** What is wrong with settings, a phrase each; none if they can be used. */
  mistakes(settings: unknown): string[];
  send(message: Message, settings: unknown, context: NotifierContext): Promise<Delivered>;
}

/** UTF-16 units of what a delivery has to say. */
const longestDetail = 300;

const notifiers: ReadonlyMap<string, Registered> = new Map([
  registered(slack),
  registered(slackApp),
  registered(email),
  registered(pagerduty),
  registered(webhook),
  registered(discord),
  registered(teams),
  registered(telegram),
  registered(opsgenie),
  registered(ntfy),
  registered(googleChat),
  registered(template),
]);

/** Every type that a channel can have. */
export const channelTypes: readonly string[] = [...notifiers.keys()];

/** What is wrong with a channel, a phrase each that names the setting and no value. */
export function channelMistakes({ type, ...settings }: Channel): string[] {
  const notifier = notifiers.get(type);
  if (notifier) return notifier.mistakes(settings);
  return [`type: no such type of channel; allowed: ${channelTypes.join(", ")}`];
}

/**
 * Sends a message through a channel, within its time. It never throws, and nothing that it returns
 * holds a secret of the channel.
 */
export async function deliver(
  message: Message,
  channel: Channel,
  context: DeliveryContext,
): Promise<Delivered> {
  const { type, ...settings } = channel;
  const notifier = notifiers.get(type);
  const mistakes = channelMistakes(channel);
  if (!notifier || mistakes.length > 0) {
    return failedDelivery("misconfigured", mistakes.join("; "));
  }
  const redact = channelRedactor(settings, context.secrets);
  const ending = new AbortController();
  const inner: NotifierContext = { ...context, signal: ending.signal };
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Raced, because what is aborted does not always end.
  const expired = new Promise<Delivered>((resolve) => {
    timer = setTimeout(() => {
      resolve(timedOut(inner));
      ending.abort();
    }, context.timeoutMs);
  });
  try {
    const sending = notifier.send(message, settings, inner).catch((error: unknown) => {
      return failureOfOurs(error, channel.type, redact);
    });
    return withoutSecrets(await Promise.race([sending, expired]), redact);
  } finally {
    clearTimeout(timer);
    ending.abort();
  }
}

function failureOfOurs(error: unknown, channel: string, redact: Redact): Delivered {
  if (error instanceof MisconfiguredChannel) return failedDelivery("misconfigured", error.message);
  log("error", "notifier-failed", { channel }, redactedError(error, redact));
  return failedDelivery("internal", oneLine(describeError(error), 4_000));
}

function withoutSecrets(delivered: Delivered, redact: (text: string) => string): Delivered {
  if (!delivered.ok) return { ...delivered, detail: cut(redact(delivered.detail), longestDetail) };
  const receipt = delivered.receipt === null ? null : redact(delivered.receipt);
  return delivered.note === undefined
    ? { ok: true, receipt }
    : { ok: true, receipt, note: cut(redact(delivered.note), longestDetail) };
}

function registered<Settings>(notifier: Notifier<Settings>): [string, Registered] {
  return [
    notifier.kind,
    {
      mistakes: (settings) => {
        const parsed = notifier.settings.safeParse(settings);
        if (parsed.success) return [];
        return parsed.error.issues.map(({ path, message }) =>
          path.length === 0 ? message : `${path.join(".")}: ${message}`,
        );
      },
      send: async (message, settings, context) =>
        notifier.send(message, notifier.settings.parse(settings), context),
    },
  ];
}
