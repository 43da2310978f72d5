import { z } from "zod";
import { settings } from "../../../shared/config/settings.ts";
import type { Message } from "../../../shared/domain/alerting/message.ts";
import { deliverByHttp, type HttpMessage, type Reply } from "./http-delivery.ts";
import type { Notifier } from "./notifier.ts";
import { fitting, type Outline, outline, plainText } from "./render/outline.ts";
import { cut, escapeHtml, oneLine } from "./render/text.ts";
import { apiUrl, below, headerSecret, secretReference } from "./secret.ts";

const opsgenieSettings = settings({
  apiKey: secretReference,
  /** https://api.eu.opsgenie.com for accounts in the EU. */
  apiUrl: apiUrl("https://api.opsgenie.com"),
});

/** https://docs.opsgenie.com/docs/alerts-and-alert-fields, in characters. */
export const opsgenieLimits = {
  message: 130,
  alias: 512,
  description: 15_000,
  note: 25_000,
  tags: 20,
  tag: 50,
  details: 8_000,
  entity: 512,
  source: 100,
};

/**
 * Opsgenie's alerts. All messages of an incident have one alias, so that it is one alert there. A
 * test closes an alert that there never was: it takes the whole way and calls nobody.
 */
export const opsgenie: Notifier<z.infer<typeof opsgenieSettings>> = {
  kind: "opsgenie",
  settings: opsgenieSettings,
  send(message, { apiKey, apiUrl: base }, context) {
    const headers = { Authorization: `GenieKey ${headerSecret(apiKey, context.secrets)}` };
    const alias = cut(message.incident.dedupKey, opsgenieLimits.alias);
    return deliverByHttp({ ...requestOf(message, alias, base), headers }, context, {
      explain: ({ json }: Reply) => errorSchema.safeParse(json).data?.message ?? null,
      success: () => ({ ok: true, receipt: alias }),
    });
  },
};

const errorSchema = z.object({ message: z.string() });

function requestOf(message: Message, alias: string, base: string): HttpMessage {
  const outlined = outline(message);
  const act = (action: "acknowledge" | "close"): HttpMessage => {
    const url = below(base, `v2/alerts/${encodeURIComponent(alias)}/${action}`);
    url.searchParams.set("identifierType", "alias");
    const note = cut(`${outlined.headline}\n${plainText(outlined, true)}`, opsgenieLimits.note);
    return { url, body: { source: "NetPost monitoring", note } };
  };
  if (message.incident.endedAt !== null || message.kind === "resolve" || message.kind === "test") {
    return act("close");
  }
  if (message.kind === "acknowledge") return act("acknowledge");
  // Known by its alias, an alert is not made twice, only counted.
  return { url: below(base, "v2/alerts"), body: alertOf(message, alias, outlined) };
}

function alertOf({ incident, monitors }: Message, alias: string, whole: Outline): object {
  const describe = (outlined: Outline) => escapeHtml(plainText(outlined, true));
  const fits = (text: string) => text.length <= opsgenieLimits.description;
  const tags = [incident.severity, ...new Set(monitors.map(({ group }) => group))].filter(Boolean);
  return {
    message: cut(withoutTags(whole.headline), opsgenieLimits.message),
    alias,
    description: fitting(whole, describe, fits),
    priority: incident.priority,
    source: "NetPost monitoring",
    entity: cut(monitors[0]?.id ?? "netpost", opsgenieLimits.entity),
    tags: tags
      .slice(0, opsgenieLimits.tags)
      .map((tag) => oneLine(tag, opsgenieLimits.tag).replaceAll(/[,<>\s]+/g, "-")),
    details: Object.fromEntries(whole.facts.map(({ label, value }) => [label, withoutTags(value)])),
  };
}

/** Where an escaped text might be shown as it is, it has no HTML to escape. */
function withoutTags(text: string): string {
  return text.replaceAll(/[<>]/g, "·");
}
