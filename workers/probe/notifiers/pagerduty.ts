import { z } from "zod";
import { settings } from "../../../shared/config/settings.ts";
import type { Message, MessageKind } from "../../../shared/domain/alerting/message.ts";
import { deliverByHttp, type Reply } from "./http-delivery.ts";
import type { Notifier } from "./notifier.ts";
import { fitting, moreWords, type Outline, outline } from "./render/outline.ts";
import { bytesOf, cut, oneLine } from "./render/text.ts";
import { isoSeconds } from "./render/time.ts";
import { apiUrl, headerSecret, secretReference } from "./secret.ts";

const pagerdutySettings = settings({
  /** Of an integration of the kind Events API v2. */
  routingKey: secretReference,
  /** https://events.eu.pagerduty.com/v2/enqueue for accounts in the EU. */
  apiUrl: apiUrl("https://events.pagerduty.com/v2/enqueue"),
});

/** https://developer.pagerduty.com/docs/events-api-v2: 512 KB an event; less is quicker to read. */
export const pagerdutyLimits = { summary: 1_024, dedupKey: 255, source: 255, bytes: 65_536 };

/**
 * PagerDuty, Events API v2. All events of an incident have one dedup key, so that it is one alert
 * there. A test resolves an alert that there never was: it takes the whole way and pages nobody.
 */
export const pagerduty: Notifier<z.infer<typeof pagerdutySettings>> = {
  kind: "pagerduty",
  settings: pagerdutySettings,
  send: (message, { routingKey, apiUrl: url }, context) => {
    const routing_key = headerSecret(routingKey, context.secrets);
    const action = actionOf(message);
    const dedup_key = cut(message.incident.dedupKey, pagerdutyLimits.dedupKey);
    const event = { routing_key, event_action: action, dedup_key };
    return deliverByHttp(
      {
        url: new URL(url),
        body: action === "trigger" ? { ...event, ...triggerOf(message) } : event,
      },
      context,
      { explain, success: () => ({ ok: true, receipt: dedup_key }) },
    );
  },
};

type Action = "trigger" | "acknowledge" | "resolve";

const actions: Readonly<Record<MessageKind, Action>> = {
  trigger: "trigger",
  update: "trigger",
  acknowledge: "acknowledge",
  escalate: "trigger",
  reminder: "trigger",
  deadline: "trigger",
  resolve: "resolve",
  test: "resolve",
};

function actionOf({ kind, incident }: Message): Action {
  return incident.endedAt === null ? actions[kind] : "resolve";
}

function triggerOf(message: Message): object {
  return fitting(
    outline(message),
    (outlined) => eventOf(message, outlined),
    (event) => bytesOf(JSON.stringify(event)) <= pagerdutyLimits.bytes,
  );
}

function eventOf({ incident, monitors }: Message, outlined: Outline): object {
  const [first] = monitors;
  const [link] = outlined.links;
  return {
    client: "NetPost monitoring",
    ...(link && { client_url: link.url }),
    links: outlined.links.map(({ label, url }) => ({ href: url, text: label })),
    payload: {
      summary: cut(outlined.headline, pagerdutyLimits.summary),
      source: oneLine(first?.id ?? "netpost-monitoring", pagerdutyLimits.source),
      severity: incident.severity,
      timestamp: isoSeconds(incident.startedAt),
      ...(first && { group: oneLine(first.group, 255) }),
      ...(first?.reason && { class: oneLine(first.reason, 255) }),
      custom_details: {
        ...Object.fromEntries(outlined.facts.map(({ label, value }) => [label, value])),
        priority: incident.priority,
        monitors: outlined.monitors,
        more: moreWords(outlined),
      },
    },
  };
}

const errorSchema = z.object({
  message: z.string().optional(),
  errors: z.array(z.string()).optional(),
});

function explain({ json }: Reply): string | null {
  const error = errorSchema.safeParse(json);
  if (!error.success) return null;
  return [error.data.message ?? "", ...(error.data.errors ?? [])].filter(Boolean).join(": ");
}
