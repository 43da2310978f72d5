import { z } from "zod";
import { settings } from "../../../shared/config/settings.ts";
import { deliverByHttp, type Reply } from "./http-delivery.ts";
import type { Notifier } from "./notifier.ts";
import { secretReference, secretUrl } from "./secret.ts";
import { slackBody, slackMention } from "./slack-blocks.ts";

const slackSettings = settings({
  webhookUrl: secretReference,
  /** Only webhooks of the old kind let a message choose; others have theirs. */
  channel: z
    .string()
    .regex(/^[#@]?[^\s#@]{1,80}$/, "#name or an id of a channel")
    .optional(),
  mentions: z.array(slackMention).max(20).default([]),
});

/** Slack by an incoming webhook. It cannot answer in a thread: `slack-app` can. */
export const slack: Notifier<z.infer<typeof slackSettings>> = {
  kind: "slack",
  settings: slackSettings,
  send: (message, { webhookUrl, channel, mentions }, context) =>
    deliverByHttp(
      {
        url: secretUrl(webhookUrl, context.secrets),
        body: { ...slackBody(message, mentions), ...(channel !== undefined && { channel }) },
      },
      context,
      { explain: code, reason: (reply) => (code(reply) === "no_service" ? "gone" : null) },
    ),
};

/** A webhook says what is wrong in one word: invalid_payload, no_service … */
function code({ text }: Reply): string | null {
  return /^[a-z_]{1,60}$/.test(text.trim()) ? text.trim() : null;
}
