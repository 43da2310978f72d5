import { z } from "zod";
import { settings } from "../../../shared/config/settings.ts";
import type { DeliveryFailure } from "../../../shared/domain/alerting/delivery-failure.ts";
import type { Message } from "../../../shared/domain/alerting/message.ts";
import { deliverByHttp, type Reply } from "./http-delivery.ts";
import { MisconfiguredChannel, type Notifier } from "./notifier.ts";
import { fitting, moreWords, type Outline, outline } from "./render/outline.ts";
import { toneSigns } from "./render/tone.ts";
import { boundedWait } from "./retry-after.ts";
import { apiUrl, below, headerSecret, secretName, secretReference } from "./secret.ts";

const telegramSettings = settings({
  botToken: secretReference,
  chatId: z.string().regex(/^(?:-?\d{1,20}|@[A-Za-z]\w{3,31})$/, "a chat's id, or @name"),
  /** Of a topic in a forum. */
  topicId: z.int().positive().optional(),
  apiUrl: apiUrl("https://api.telegram.org"),
});

/** https://core.telegram.org/bots/api#sendmessage: UTF-16 units, and entities in one message. */
export const telegramLimits = { text: 4_096, entities: 100 };

/**
 * Telegram by a bot. What is bold or a link is told beside the text, which Telegram then does not
 * parse; an incident's later messages answer its first.
 */
export const telegram: Notifier<z.infer<typeof telegramSettings>> = {
  kind: "telegram",
  settings: telegramSettings,
  send(message, { botToken, chatId, topicId, apiUrl: base }, context) {
    const token = headerSecret(botToken, context.secrets);
    if (!/^\d+:[\w-]+$/.test(token)) {
      throw new MisconfiguredChannel(`${secretName(botToken)} is not a bot's token`);
    }
    const first = /^\d+$/.test(context.thread ?? "") ? Number(context.thread) : null;
    const body = {
      chat_id: chatId,
      ...textOf(message),
      link_preview_options: { is_disabled: true },
      ...(topicId !== undefined && { message_thread_id: topicId }),
      ...(first !== null && {
        reply_parameters: { message_id: first, allow_sending_without_reply: true },
      }),
    };
    return deliverByHttp({ url: below(base, `bot${token}/sendMessage`), body }, context, {
      explain: (reply) => answerOf(reply)?.description ?? null,
      reason: reasonOf,
      wait: (reply) => boundedWait(answerOf(reply)?.parameters?.retry_after),
      success: (reply) => {
        const sent = answerOf(reply)?.result?.message_id;
        return { ok: true, receipt: context.thread ?? (sent === undefined ? null : String(sent)) };
      },
    });
  },
};

const answerSchema = z.object({
  description: z.string().optional(),
  parameters: z.object({ retry_after: z.number().optional() }).optional(),
  result: z.object({ message_id: z.int() }).optional(),
});

function answerOf({ json }: Reply): z.infer<typeof answerSchema> | undefined {
  return answerSchema.safeParse(json).data;
}

function reasonOf(reply: Reply): DeliveryFailure | null {
  // A token that is none makes a path that is none.
  if (reply.status === 404) return "unauthorized";
  const words = answerOf(reply)?.description ?? "";
  return /chat not found|chat_id is empty|upgraded to a supergroup/i.test(words)
    ? "not-found"
    : null;
}

interface Entity {
  readonly type: "bold" | "text_link";
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
}

interface Text {
  readonly text: string;
  readonly entities: readonly Entity[];
}

function textOf(message: Message): Text {
  return fitting(
    outline(message),
    build,
    ({ text, entities }) =>
      text.length <= telegramLimits.text && entities.length <= telegramLimits.entities,
  );
}

function build(outlined: Outline): Text {
  let text = "";
  const entities: Entity[] = [];
  const add = (words: string) => {
    text += words;
  };
  const mark = (words: string, entity: Pick<Entity, "type" | "url">) => {
    entities.push({ ...entity, offset: text.length, length: words.length });
    add(words);
  };
  const more = moreWords(outlined);
  add(`${toneSigns[outlined.tone]} `);
  mark(inert(outlined.headline), { type: "bold" });
  for (const { label, value } of outlined.facts) add(`\n${label}: ${inert(value)}`);
  for (const { name, state, why } of outlined.monitors) {
    add("\n\n• ");
    mark(inert(name), { type: "bold" });
    add(`: ${inert(state)}${why === "" ? "" : `\n${inert(why)}`}`);
  }
  if (more !== null) add(`\n\n${more}`);
  for (const [index, { label, url }] of outlined.links.entries()) {
    add(index === 0 ? "\n\n" : " · ");
    mark(label, { type: "text_link", url });
  }
  return { text, entities };
}

/**
 * Telegram makes mentions, commands, tags and links of what looks like one, whatever the entities
 * say; a sign of no width (a word joiner) behind what begins them keeps them text.
 */
function inert(words: string): string {
  return words.replaceAll(/[@/#$]|\.(?=\S)|:(?=\/)/g, "$&\u2060");
}
