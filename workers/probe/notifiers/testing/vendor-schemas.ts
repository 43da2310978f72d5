/** What vendors publish of the messages that they take, as far as we send it. Nothing else fits. */
import { z } from "zod";

const httpUrl = (longest: number) => z.url({ protocol: /^https?$/ }).max(longest);
const utf8 = (text: string) => new TextEncoder().encode(text).length;
const bytes = (value: unknown) => utf8(JSON.stringify(value));

// https://docs.slack.dev/reference/block-kit/blocks
const slackText = z.strictObject({
  type: z.literal("text"),
  text: z.string().min(1),
  style: z.strictObject({ bold: z.boolean() }).optional(),
});
const slackElement = z.union([
  slackText,
  z.strictObject({ type: z.literal("link"), url: httpUrl(3_000), text: z.string().min(1) }),
  z.strictObject({ type: z.literal("user"), user_id: z.string().regex(/^[UW][A-Z0-9]+$/) }),
  z.strictObject({ type: z.literal("usergroup"), usergroup_id: z.string().regex(/^S[A-Z0-9]+$/) }),
  z.strictObject({
    type: z.literal("broadcast"),
    range: z.enum(["here", "channel", "everyone"]),
  }),
]);
const slackSection = z.strictObject({
  type: z.literal("rich_text_section"),
  elements: z.array(slackElement).min(1),
});
const slackBlock = z.union([
  z.strictObject({
    type: z.literal("header"),
    text: z.strictObject({
      type: z.literal("plain_text"),
      text: z.string().min(1).max(150),
      emoji: z.boolean(),
    }),
  }),
  z.strictObject({
    type: z.literal("rich_text"),
    elements: z
      .array(
        z.union([
          slackSection,
          z.strictObject({
            type: z.literal("rich_text_list"),
            style: z.enum(["bullet", "ordered"]),
            elements: z.array(slackSection).min(1),
          }),
        ]),
      )
      .min(1),
  }),
]);
const slackMessage = z.strictObject({
  text: z.string().min(1).max(4_000),
  blocks: z.array(slackBlock).min(1).max(50),
  unfurl_links: z.boolean(),
  unfurl_media: z.boolean(),
  channel: z.string().optional(),
});
const slackAppMessage = slackMessage.extend({
  channel: z.string(),
  ts: z.string().optional(),
  thread_ts: z.string().optional(),
  reply_broadcast: z.boolean().optional(),
  metadata: z.strictObject({
    event_type: z.string(),
    event_payload: z.record(z.string(), z.string()),
  }),
});

// https://developer.pagerduty.com/docs/send-alert-event
const pagerdutyEvent = z.discriminatedUnion("event_action", [
  z.strictObject({
    event_action: z.literal("trigger"),
    routing_key: z.string().min(1),
    dedup_key: z.string().min(1).max(255),
    client: z.string(),
    client_url: httpUrl(2_048).optional(),
    links: z.array(z.strictObject({ href: httpUrl(2_048), text: z.string() })),
    payload: z.strictObject({
      summary: z.string().min(1).max(1_024),
      source: z.string().min(1),
      severity: z.enum(["critical", "error", "warning", "info"]),
      timestamp: z.iso.datetime(),
      component: z.string().optional(),
      group: z.string().optional(),
      class: z.string().optional(),
      custom_details: z.record(z.string(), z.unknown()),
    }),
  }),
  z.strictObject({
    event_action: z.enum(["acknowledge", "resolve"]),
    routing_key: z.string().min(1),
    dedup_key: z.string().min(1).max(255),
  }),
]);

// https://discord.com/developers/docs/resources/webhook#execute-webhook
const snowflakes = z.array(z.string().regex(/^\d+$/)).max(100);
const discordMessage = z.strictObject({
  content: z.string().min(1).max(2_000).optional(),
  embeds: z
    .array(
      z
        .strictObject({
          title: z.string().max(256),
          description: z.string().max(4_096),
          color: z.int().min(0).max(0xff_ff_ff),
          timestamp: z.iso.datetime(),
        })
        .refine(({ title, description }) => title.length + description.length <= 6_000),
    )
    .max(10),
  allowed_mentions: z.strictObject({
    parse: z.array(z.enum(["roles", "users", "everyone"])).max(0),
    users: snowflakes,
    roles: snowflakes,
  }),
});

// https://adaptivecards.io/explorer/AdaptiveCard.html, version 1.4
const textRun = z.strictObject({
  type: z.literal("TextRun"),
  text: z.string().min(1),
  size: z.enum(["default", "small", "medium", "large", "extraLarge"]).optional(),
  weight: z.enum(["default", "lighter", "bolder"]).optional(),
  color: z.enum(["default", "dark", "light", "accent", "good", "warning", "attention"]).optional(),
  isSubtle: z.boolean().optional(),
});
const teamsMessage = z
  .strictObject({
    type: z.literal("message"),
    attachments: z.tuple([
      z.strictObject({
        contentType: z.literal("application/vnd.microsoft.card.adaptive"),
        contentUrl: z.null(),
        content: z.strictObject({
          $schema: z.literal("http://adaptivecards.io/schemas/adaptive-card.json"),
          type: z.literal("AdaptiveCard"),
          version: z.literal("1.4"),
          fallbackText: z.string(),
          msteams: z.strictObject({ width: z.literal("Full") }),
          body: z.array(
            z.strictObject({
              type: z.literal("RichTextBlock"),
              spacing: z.enum(["none", "small", "default", "medium", "large"]),
              inlines: z.array(textRun).min(1),
            }),
          ),
          actions: z
            .array(
              z.strictObject({
                type: z.literal("Action.OpenUrl"),
                title: z.string(),
                url: httpUrl(2_048),
              }),
            )
            .max(6),
        }),
      }),
    ]),
  })
  .refine((message) => bytes(message) <= 28 * 1_024);

// https://core.telegram.org/bots/api#sendmessage
const telegramMessage = z
  .strictObject({
    chat_id: z.string(),
    message_thread_id: z.int().optional(),
    text: z.string().min(1).max(4_096),
    entities: z
      .array(
        z.union([
          z.strictObject({ type: z.literal("bold"), offset: z.int(), length: z.int().positive() }),
          z.strictObject({
            type: z.literal("text_link"),
            offset: z.int(),
            length: z.int().positive(),
            url: httpUrl(2_048),
          }),
        ]),
      )
      .max(100),
    link_preview_options: z.strictObject({ is_disabled: z.boolean() }),
    reply_parameters: z
      .strictObject({ message_id: z.int(), allow_sending_without_reply: z.boolean() })
      .optional(),
  })
  .refine(({ text, entities }) =>
    entities.every(({ offset, length }) => offset >= 0 && offset + length <= text.length),
  );

// https://docs.opsgenie.com/docs/alert-api
const opsgenieRequest = z.union([
  z.strictObject({
    message: z.string().min(1).max(130),
    alias: z.string().min(1).max(512),
    description: z.string().max(15_000),
    priority: z.enum(["P1", "P2", "P3", "P4", "P5"]),
    source: z.string().max(100),
    entity: z.string().max(512),
    tags: z.array(z.string().min(1).max(50)).max(20),
    details: z.record(z.string(), z.string()).refine((details) => bytes(details) <= 8_000),
  }),
  z.strictObject({ source: z.string().max(100), note: z.string().max(25_000) }),
]);

// https://docs.ntfy.sh/publish/#publish-as-json
const ntfyMessage = z.strictObject({
  topic: z.string().regex(/^[\w-]{1,64}$/),
  title: z.string().min(1).max(250),
  message: z
    .string()
    .min(1)
    .refine((text) => utf8(text) <= 4_096),
  tags: z.array(z.string()).max(5),
  priority: z.int().min(1).max(5),
  markdown: z.literal(false),
  click: httpUrl(2_048).optional(),
  actions: z
    .array(z.strictObject({ action: z.literal("view"), label: z.string(), url: httpUrl(2_048) }))
    .max(3),
});

// https://developers.google.com/workspace/chat/api/reference/rest/v1/cards
const chatWidget = z.union([
  z.strictObject({
    decoratedText: z.strictObject({
      topLabel: z.string(),
      text: z.string().min(1),
      wrapText: z.boolean(),
    }),
  }),
  z.strictObject({ textParagraph: z.strictObject({ text: z.string().min(1) }) }),
  z.strictObject({
    buttonList: z.strictObject({
      buttons: z
        .array(
          z.strictObject({
            text: z.string(),
            onClick: z.strictObject({ openLink: z.strictObject({ url: httpUrl(2_048) }) }),
          }),
        )
        .min(1),
    }),
  }),
]);
const googleChatMessage = z
  .strictObject({
    fallbackText: z.string().min(1),
    thread: z.strictObject({ threadKey: z.string().min(1).max(4_000) }),
    cardsV2: z.tuple([
      z.strictObject({
        cardId: z.string(),
        card: z.strictObject({
          header: z.strictObject({ title: z.string().min(1) }),
          sections: z.array(z.strictObject({ widgets: z.array(chatWidget).min(1).max(100) })),
        }),
      }),
    ]),
  })
  .refine((message) => bytes(message) <= 32_000);

/** By the type of the channel; each takes what was sent as JSON. */
export const vendorSchemas = {
  slack: slackMessage,
  "slack-app": slackAppMessage,
  pagerduty: pagerdutyEvent,
  discord: discordMessage,
  teams: teamsMessage,
  telegram: telegramMessage,
  opsgenie: opsgenieRequest,
  ntfy: ntfyMessage,
  "google-chat": googleChatMessage,
};
