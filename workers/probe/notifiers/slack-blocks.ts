/**
 * A message as Block Kit. Texts that others chose stand in plain text and rich text elements, which
 * Slack does not parse: no mention, link or markup can come of them.
 */
import { z } from "zod";
import type { Message } from "../../../shared/domain/alerting/message.ts";
import { callsPeople, fitting, moreWords, type Outline, outline } from "./render/outline.ts";
import { cut } from "./render/text.ts";
import { toneSigns } from "./render/tone.ts";

/** https://docs.slack.dev/reference/block-kit/blocks; the sum is ours, well below Slack's 40,000. */
export const slackLimits = { header: 150, blocks: 50, characters: 12_000 };

/** Whom a message calls: a user (U…, W…), a user group (S…), `here`, `channel` or `everyone`. */
export const slackMention = z
  .string()
  .regex(
    /^(?:[UW][A-Z0-9]{2,20}|S[A-Z0-9]{2,20}|here|channel|everyone)$/,
    "a Slack id (U…, W… or S…), here, channel or everyone",
  );

type Element = Readonly<Record<string, unknown>>;

/** The parts of a Slack message that Slack's ways of sending have in common. */
export interface SlackBody {
  /** For notifications and screen readers. */
  readonly text: string;
  readonly blocks: readonly Element[];
  readonly unfurl_links: false;
  readonly unfurl_media: false;
}

/** @param mentions who is called where somebody is to be called at all */
export function slackBody(message: Message, mentions: readonly string[]): SlackBody {
  const called = callsPeople(message) ? mentions : [];
  return fitting(
    outline(message),
    (outlined) => build(outlined, called),
    (body) => JSON.stringify(body.blocks).length <= slackLimits.characters,
  );
}

function build(outlined: Outline, mentions: readonly string[]): SlackBody {
  const headline = `${toneSigns[outlined.tone]} ${outlined.headline}`;
  const more = moreWords(outlined);
  const facts = outlined.facts.flatMap(({ label, value }) => [
    text(`${label}: `, true),
    text(`${value}\n`),
  ]);
  const monitors = outlined.monitors.map(({ name, state, why }) =>
    section([text(name, true), text(`: ${state}${why === "" ? "" : `\n${why}`}`)]),
  );
  const links = outlined.links.flatMap(({ label, url }, index) => [
    ...(index === 0 ? [] : [text("  ·  ")]),
    { type: "link", url, text: label },
  ]);
  return {
    text: escapeSlack(headline),
    blocks: [
      {
        type: "header",
        text: { type: "plain_text", text: cut(headline, slackLimits.header), emoji: false },
      },
      ...(mentions.length === 0 ? [] : [richText([section(spaced(mentions.map(mention)))])]),
      ...(facts.length === 0 ? [] : [richText([section(facts)])]),
      ...(monitors.length === 0
        ? []
        : [richText([{ type: "rich_text_list", style: "bullet", elements: monitors }])]),
      ...(more === null ? [] : [richText([section([text(more, true)])])]),
      ...(links.length === 0 ? [] : [richText([section(links)])]),
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

function richText(elements: readonly Element[]): Element {
  return { type: "rich_text", elements };
}

function section(elements: readonly Element[]): Element {
  return { type: "rich_text_section", elements };
}

function text(words: string, bold = false): Element {
  return { type: "text", text: words, ...(bold && { style: { bold: true } }) };
}

function spaced(elements: readonly Element[]): Element[] {
  return elements.flatMap((element, index) => (index === 0 ? [element] : [text(" "), element]));
}

function mention(whom: string): Element {
  if (/^[a-z]/.test(whom)) return { type: "broadcast", range: whom };
  return whom.startsWith("S")
    ? { type: "usergroup", usergroup_id: whom }
    : { type: "user", user_id: whom };
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escapeSlack(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
