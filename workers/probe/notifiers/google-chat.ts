import { z } from "zod";
import { settings } from "../../../shared/config/settings.ts";
import type { Message } from "../../../shared/domain/alerting/message.ts";
import { deliverByHttp, type Reply } from "./http-delivery.ts";
import type { Notifier } from "./notifier.ts";
import { fitting, moreWords, type Outline, outline } from "./render/outline.ts";
import { bytesOf, cut, escapeHtml } from "./render/text.ts";
import { toneSigns } from "./render/tone.ts";
import { secretReference, secretUrl } from "./secret.ts";

const googleChatSettings = settings({ webhookUrl: secretReference });

/** https://developers.google.com/workspace/chat: bytes of a message, widgets of a card. */
export const googleChatLimits = { bytes: 30_000, widgets: 100, threadKey: 4_000 };

/**
 * Google Chat by a webhook: a card, in the incident's thread. Texts of a card are a little HTML; no
 * text outside of the card, because there `<users/all>` would call everybody.
 */
export const googleChat: Notifier<z.infer<typeof googleChatSettings>> = {
  kind: "google-chat",
  settings: googleChatSettings,
  send(message, { webhookUrl }, context) {
    const url = secretUrl(webhookUrl, context.secrets);
    url.searchParams.set("messageReplyOption", "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD");
    return deliverByHttp({ url, body: bodyOf(message) }, context, {
      explain: ({ json }: Reply) => errorSchema.safeParse(json).data?.error.message ?? null,
      success: ({ json }) => ({
        ok: true,
        receipt: context.thread ?? sentSchema.safeParse(json).data?.name ?? null,
      }),
    });
  },
};

const errorSchema = z.object({ error: z.object({ message: z.string() }) });
const sentSchema = z.object({ name: z.string() });

function bodyOf(message: Message): object {
  return fitting(
    outline(message),
    (outlined) => ({
      fallbackText: outlined.headline,
      thread: { threadKey: cut(message.incident.dedupKey, googleChatLimits.threadKey) },
      cardsV2: [{ cardId: "netpost", card: cardOf(outlined) }],
    }),
    (body) => bytesOf(JSON.stringify(body)) <= googleChatLimits.bytes,
  );
}

function cardOf(outlined: Outline): object {
  const more = moreWords(outlined);
  const paragraphs = [
    ...outlined.monitors.map(
      ({ name, state, why }) =>
        `<b>${escapeHtml(name)}</b>: ${escapeHtml(state)}${why === "" ? "" : `<br>${escapeHtml(why)}`}`,
    ),
    ...(more === null ? [] : [`<b>${more}</b>`]),
  ];
  const widgets = [
    ...outlined.facts.map(({ label, value }) => ({
      decoratedText: { topLabel: label, text: escapeHtml(value), wrapText: true },
    })),
    ...paragraphs.map((text) => ({ textParagraph: { text } })),
    ...(outlined.links.length === 0
      ? []
      : [
          {
            buttonList: {
              buttons: outlined.links.map(({ label, url }) => ({
                text: label,
                onClick: { openLink: { url } },
              })),
            },
          },
        ]),
  ];
  return {
    header: { title: `${toneSigns[outlined.tone]} ${outlined.headline}` },
    // A section without a widget is refused.
    ...(widgets.length > 0 && { sections: [{ widgets }] }),
  };
}
