import { z } from "zod";
import { settings } from "../../../shared/config/settings.ts";
import type { Message } from "../../../shared/domain/alerting/message.ts";
import { deliverByHttp, type Reply } from "./http-delivery.ts";
import { MisconfiguredChannel, type Notifier } from "./notifier.ts";
import { fitting, outline, plainText, type Tone } from "./render/outline.ts";
import { bytesOf, cut } from "./render/text.ts";
import { apiUrl, headerSecret, secretName, secretReference, secretValue } from "./secret.ts";

const ntfySettings = settings({
  /** On a server that all may read from, who knows the topic reads it: a secret. */
  topic: secretReference,
  token: secretReference.optional(),
  apiUrl: apiUrl("https://ntfy.sh"),
});

/** https://docs.ntfy.sh/publish/#limitations; a longer message would come as a file, bytes. */
export const ntfyLimits = { message: 4_096, title: 250, actions: 3 };

/** ntfy, by its JSON: texts in headers could become others. */
export const ntfy: Notifier<z.infer<typeof ntfySettings>> = {
  kind: "ntfy",
  settings: ntfySettings,
  send(message, { topic, token, apiUrl: url }, context) {
    const name = secretValue(topic, context.secrets).trim();
    if (!/^[\w-]{1,64}$/.test(name)) {
      throw new MisconfiguredChannel(`${secretName(topic)} is not the name of a topic`);
    }
    const headers: Record<string, string> =
      token === undefined
        ? {}
        : { Authorization: `Bearer ${headerSecret(token, context.secrets)}` };
    const body = { topic: name, ...bodyOf(message) };
    return deliverByHttp({ url: new URL(url), headers, body }, context, {
      explain: ({ json }: Reply) => errorSchema.safeParse(json).data?.error ?? null,
      success: ({ json }) => ({
        ok: true,
        receipt: sentSchema.safeParse(json).data?.id ?? null,
      }),
    });
  },
};

const errorSchema = z.object({ error: z.string() });
const sentSchema = z.object({ id: z.string() });

const appearance: Readonly<Record<Tone, { readonly tag: string; readonly priority: number }>> = {
  critical: { tag: "rotating_light", priority: 5 },
  warning: { tag: "warning", priority: 4 },
  info: { tag: "information_source", priority: 3 },
  good: { tag: "white_check_mark", priority: 3 },
};

function bodyOf(message: Message): object {
  const whole = outline(message);
  const { tag, priority } = appearance[whole.tone];
  const [first] = whole.links;
  return {
    title: cut(whole.headline, ntfyLimits.title),
    message: fitting(
      whole,
      (outlined) => plainText(outlined, false) || outlined.headline,
      (text) => bytesOf(text) <= ntfyLimits.message,
    ),
    tags: [tag],
    priority,
    markdown: false,
    ...(first && { click: first.url }),
    actions: whole.links
      .slice(0, ntfyLimits.actions)
      .map(({ label, url }) => ({ action: "view", label, url })),
  };
}
