import type { z } from "zod";
import { settings } from "../../../shared/config/settings.ts";
import type { Message } from "../../../shared/domain/alerting/message.ts";
import { deliverByHttp } from "./http-delivery.ts";
import type { Notifier } from "./notifier.ts";
import { fitting, moreWords, type Outline, outline, type Tone } from "./render/outline.ts";
import { bytesOf } from "./render/text.ts";
import { toneSigns } from "./render/tone.ts";
import { secretReference, secretUrl } from "./secret.ts";

const teamsSettings = settings({
  /** Of a workflow "Post to a channel when a webhook request is received". */
  webhookUrl: secretReference,
});

/** Teams takes 28 KB; below that by what it wraps around a card. */
export const teamsLimits = { bytes: 25_000 };

/**
 * Microsoft Teams by a workflow: an Adaptive Card 1.4. All text stands in TextRuns, which unlike
 * TextBlocks and facts know no Markdown.
 */
export const teams: Notifier<z.infer<typeof teamsSettings>> = {
  kind: "teams",
  settings: teamsSettings,
  send: (message, { webhookUrl }, context) =>
    deliverByHttp({ url: secretUrl(webhookUrl, context.secrets), body: bodyOf(message) }, context),
};

function bodyOf(message: Message): object {
  return fitting(
    outline(message),
    (outlined) => ({
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          contentUrl: null,
          content: cardOf(outlined),
        },
      ],
    }),
    (body) => bytesOf(JSON.stringify(body)) <= teamsLimits.bytes,
  );
}

const toneColours: Readonly<Record<Tone, string>> = {
  critical: "attention",
  warning: "warning",
  info: "accent",
  good: "good",
};

function cardOf(outlined: Outline): object {
  const more = moreWords(outlined);
  const headline = `${toneSigns[outlined.tone]} ${outlined.headline}`;
  return {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    fallbackText: headline,
    msteams: { width: "Full" },
    body: [
      line([
        { ...run(headline), size: "large", weight: "bolder", color: toneColours[outlined.tone] },
      ]),
      ...outlined.facts.map(({ label, value }) => line([bold(`${label}: `), run(value)])),
      ...outlined.monitors.flatMap(({ name, state, why }) => [
        line([bold(name), run(`: ${state}`)], "medium"),
        ...(why === "" ? [] : [line([{ ...run(why), isSubtle: true }], "none")]),
      ]),
      ...(more === null ? [] : [line([bold(more)], "medium")]),
    ],
    actions: outlined.links.map(({ label, url }) => ({
      type: "Action.OpenUrl",
      title: label,
      url,
    })),
  };
}

function line(inlines: readonly object[], spacing = "small"): object {
  return { type: "RichTextBlock", spacing, inlines };
}

function run(text: string) {
  return { type: "TextRun", text };
}

function bold(text: string) {
  return { ...run(text), weight: "bolder" };
}
