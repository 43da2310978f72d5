import { z } from "zod";
import { settings } from "../../../shared/config/settings.ts";
import type { Message } from "../../../shared/domain/alerting/message.ts";
import { deliverByHttp, type Reply } from "./http-delivery.ts";
import type { Notifier } from "./notifier.ts";
import { callsPeople, fitting, moreWords, type Outline, outline } from "./render/outline.ts";
import { cut } from "./render/text.ts";
import { isoSeconds } from "./render/time.ts";
import { toneColors, toneSigns } from "./render/tone.ts";
import { boundedWait } from "./retry-after.ts";
import { secretReference, secretUrl } from "./secret.ts";

const snowflake = z.string().regex(/^\d{15,22}$/, "an id, digits only");

const discordSettings = settings({
  webhookUrl: secretReference,
  /** Ids of users and of roles that are called where somebody is to be called at all. */
  mentionUsers: z.array(snowflake).max(20).default([]),
  mentionRoles: z.array(snowflake).max(20).default([]),
});

type DiscordSettings = z.infer<typeof discordSettings>;

/** https://discord.com/developers/docs/resources/message#embed-object-embed-limits */
export const discordLimits = { title: 256, description: 4_096, total: 6_000, value: 1_024 };

/** Discord by a webhook. */
export const discord: Notifier<DiscordSettings> = {
  kind: "discord",
  settings: discordSettings,
  send: (message, channel, context) => {
    const url = secretUrl(channel.webhookUrl, context.secrets);
    // Only then is the message told, and an error.
    url.searchParams.set("wait", "true");
    return deliverByHttp({ url, body: bodyOf(message, channel) }, context, {
      explain: (reply) => answerOf(reply)?.message ?? null,
      wait: (reply) => boundedWait(answerOf(reply)?.retry_after),
      success: (reply) => ({ ok: true, receipt: answerOf(reply)?.id ?? null }),
    });
  },
};

const answerSchema = z.object({
  id: z.string().optional(),
  message: z.string().optional(),
  retry_after: z.number().optional(),
});

function answerOf({ json }: Reply): z.infer<typeof answerSchema> | undefined {
  return answerSchema.safeParse(json).data;
}

function bodyOf(message: Message, { mentionUsers, mentionRoles }: DiscordSettings): object {
  const called = callsPeople(message);
  const users = called ? mentionUsers : [];
  const roles = called ? mentionRoles : [];
  const content = [...users.map((id) => `<@${id}>`), ...roles.map((id) => `<@&${id}>`)].join(" ");
  const embed = fitting(
    outline(message),
    (outlined) => embedOf(message, outlined),
    ({ title, description }) =>
      description.length <= discordLimits.description &&
      title.length + description.length <= discordLimits.total,
  );
  return {
    ...(content !== "" && { content }),
    embeds: [embed],
    // Whatever a text says, nobody else is called.
    allowed_mentions: { parse: [], users, roles },
  };
}

function embedOf(message: Message, outlined: Outline) {
  const more = moreWords(outlined);
  const lines = [
    ...outlined.facts.map(({ label, value }) => `**${label}:** ${escapeMarkdown(value)}`),
    ...outlined.monitors.map(
      ({ name, state, why }) =>
        `• **${escapeMarkdown(name)}**: ${escapeMarkdown(state)}${why === "" ? "" : `\n${escapeMarkdown(why)}`}`,
    ),
    ...(more === null ? [] : [`**${more}**`]),
    outlined.links
      .map(({ label, url }) => `[${label}](${url.replaceAll("(", "%28").replaceAll(")", "%29")})`)
      .join(" · "),
  ];
  return {
    title: cut(
      `${toneSigns[outlined.tone]} ${escapeMarkdown(outlined.headline)}`,
      discordLimits.title,
    ),
    description: lines.filter((line) => line !== "").join("\n"),
    color: toneColors[outlined.tone],
    timestamp: isoSeconds(message.at),
  };
}

/** A backslash before a sign takes its meaning: no markup, link or mention comes of a text. */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_~|<>#@:[\]()\-+.]/g, "\\$&");
}
