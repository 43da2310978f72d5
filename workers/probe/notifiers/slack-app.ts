import { z } from "zod";
import { settings } from "../../../shared/config/settings.ts";
import {
  type Delivered,
  type DeliveryFailure,
  failedDelivery,
} from "../../../shared/domain/alerting/delivery-failure.ts";
import { deliverByHttp, failureOf, type Reply, type ReplyReader } from "./http-delivery.ts";
import type { Notifier, NotifierContext } from "./notifier.ts";
import { apiUrl, below, headerSecret, secretReference } from "./secret.ts";
import { type SlackBody, slackBody, slackMention } from "./slack-blocks.ts";

const slackAppSettings = settings({
  /** A bot's, `xoxb-…`, with the scope chat:write. */
  botToken: secretReference,
  channel: z.string().regex(/^#?[^\s#@]{1,80}$/, "an id of a channel, or #name"),
  mentions: z.array(slackMention).max(20).default([]),
  apiUrl: apiUrl("https://slack.com/api"),
});

/**
 * Slack by a bot: an incident is a thread. Its first message always shows how the incident stands,
 * what happens is told below it.
 */
export const slackApp: Notifier<z.infer<typeof slackAppSettings>> = {
  kind: "slack-app",
  settings: slackAppSettings,
  async send(message, { botToken, channel, mentions, apiUrl: base }, context) {
    const headers = { Authorization: `Bearer ${headerSecret(botToken, context.secrets)}` };
    const call = (method: string, body: object) =>
      deliverByHttp({ url: below(base, method), headers, body }, context, reader(context));
    const body: SlackBody & { metadata: object } = {
      ...slackBody(message, mentions),
      // By this a bot that reads along can tell a message sent twice.
      metadata: {
        event_type: "netpost_notification",
        event_payload: { idempotency_key: message.idempotencyKey },
      },
    };
    const root = rootOf(context.thread);
    if (root === null) return call("chat.postMessage", { ...body, channel });
    if (["update", "acknowledge", "resolve"].includes(message.kind)) {
      // First, because doing it twice does no harm. A message that was deleted needs no update.
      const updated = await call("chat.update", { ...body, channel: root.channel, ts: root.ts });
      if (!updated.ok && updated.lasting === "retryable") return updated;
    }
    const posted = await call("chat.postMessage", {
      ...body,
      channel: root.channel,
      thread_ts: root.ts,
      // A reply calls nobody who is not in the thread; the end is told to all.
      reply_broadcast: message.kind === "resolve" || message.kind === "escalate",
    });
    return posted.ok ? { ...posted, receipt: context.thread } : posted;
  },
};

/** A receipt is `channel:ts`. */
function rootOf(receipt: string | null): { channel: string; ts: string } | null {
  const [, channel, ts] = /^([A-Z0-9]+):(\d+\.\d+)$/.exec(receipt ?? "") ?? [];
  return channel === undefined || ts === undefined ? null : { channel, ts };
}

const answerSchema = z.union([
  z.object({ ok: z.literal(true), channel: z.string(), ts: z.string() }),
  z.object({ ok: z.literal(false), error: z.string() }),
]);

/** Slack says 200 to a call that failed. */
function reader(context: NotifierContext): ReplyReader {
  const errors: ReplyReader = { explain: errorOf, reason: (reply) => reasonOf(errorOf(reply)) };
  return {
    ...errors,
    success: (reply): Delivered => {
      const answer = answerSchema.safeParse(reply.json);
      if (!answer.success) {
        return failedDelivery("unexpected-answer", "the answer is not one of Slack's");
      }
      if (!answer.data.ok) return failureOf(reply, context, errors);
      return { ok: true, receipt: `${answer.data.channel}:${answer.data.ts}` };
    },
  };
}

function errorOf({ json }: Reply): string | null {
  const answer = answerSchema.safeParse(json);
  if (!answer.success || answer.data.ok) return null;
  return /^[a-z_]{1,60}$/.test(answer.data.error) ? answer.data.error : "an error unknown to us";
}

const reasons: ReadonlyMap<string, DeliveryFailure> = new Map([
  ...entries("rate-limited", ["ratelimited", "rate_limited", "message_limit_exceeded"]),
  ...entries("server-error", [
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
  ]),
  ...entries("unauthorized", [
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "missing_scope",
    "no_permission",
    "restricted_action",
    "access_denied",
    "ekm_access_denied",
    "org_login_required",
  ]),
  ...entries("not-found", ["channel_not_found", "not_in_channel", "message_not_found"]),
  ...entries("gone", ["is_archived"]),
  ...entries("too-large", ["msg_too_long", "msg_blocks_too_long"]),
]);

function entries(reason: DeliveryFailure, errors: readonly string[]) {
  return errors.map((error): [string, DeliveryFailure] => [error, reason]);
}

function reasonOf(error: string | null): DeliveryFailure | null {
  return error === null ? null : (reasons.get(error) ?? "rejected");
}
