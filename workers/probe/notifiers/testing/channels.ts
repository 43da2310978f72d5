/** Every kind of channel, set up against the local receivers. */
import type { Channel } from "../registry.ts";
import type { AnswerInput } from "./receiving.ts";

/** What must never show: each channel's secret holds it. */
export const planted = "plantedsecret0123456789abcdef";

/** A channel over HTTP. */
export interface TestedChannel {
  readonly channel: (url: string) => Channel;
  readonly secrets: (url: string) => Readonly<Record<string, string>>;
  /** How its receiver answers when all went well. */
  readonly success: AnswerInput;
}

const url = "{{secret.URL}}";
const key = "{{secret.KEY}}";
const byUrl = (base: string) => ({ URL: `${base}/services/T0001/${planted}` });
const byKey = () => ({ KEY: planted });
/** `whsec_` and 24 bytes. */
export const webhookSecret = `whsec_${btoa(planted.slice(0, 24))}`;

export const httpChannels = {
  slack: {
    channel: () => ({
      type: "slack",
      webhookUrl: url,
      channel: "#ops",
      mentions: ["U0AAA", "here"],
    }),
    secrets: byUrl,
    success: { body: "ok" },
  },
  "slack-app": {
    channel: (base) => ({
      type: "slack-app",
      botToken: key,
      channel: "C0123",
      mentions: ["U0AAA", "S0BBB"],
      apiUrl: `${base}/api`,
    }),
    secrets: byKey,
    success: { body: { ok: true, channel: "C0123", ts: "1795460225.000100" } },
  },
  pagerduty: {
    channel: (base) => ({ type: "pagerduty", routingKey: key, apiUrl: `${base}/v2/enqueue` }),
    secrets: byKey,
    success: { status: 202, body: { status: "success", message: "Event processed" } },
  },
  webhook: {
    channel: () => ({ type: "webhook", url, secret: key }),
    secrets: (base) => ({ ...byUrl(base), KEY: webhookSecret }),
    success: { status: 204 },
  },
  discord: {
    channel: () => ({ type: "discord", webhookUrl: url, mentionUsers: ["123456789012345678"] }),
    secrets: byUrl,
    success: { body: { id: "1111" } },
  },
  teams: {
    channel: () => ({ type: "teams", webhookUrl: url }),
    secrets: byUrl,
    success: { status: 202 },
  },
  telegram: {
    channel: (base) => ({ type: "telegram", botToken: key, chatId: "-1001234", apiUrl: base }),
    secrets: () => ({ KEY: `123456:${planted}` }),
    success: { body: { ok: true, result: { message_id: 77 } } },
  },
  opsgenie: {
    channel: (base) => ({ type: "opsgenie", apiKey: key, apiUrl: base }),
    secrets: byKey,
    success: { status: 202, body: { result: "Request will be processed", requestId: "r" } },
  },
  ntfy: {
    channel: (base) => ({ type: "ntfy", topic: "{{secret.TOPIC}}", token: key, apiUrl: base }),
    secrets: () => ({ ...byKey(), TOPIC: "ops_alerts_planted" }),
    success: { body: { id: "n1" } },
  },
  "google-chat": {
    channel: () => ({ type: "google-chat", webhookUrl: url }),
    secrets: (base) => ({ URL: `${base}/v1/spaces/AAA/messages?key=k&token=${planted}` }),
    success: { body: { name: "spaces/AAA/messages/BBB" } },
  },
  template: {
    channel: () => ({
      type: "template",
      url: `${url}/{{dedupKey}}`,
      headers: { Authorization: `Bearer ${key}`, "X-Title": "{{title}}" },
      body: '{"title": "{{title}}", "text": "{{text}}", "severity": "{{severity}}"}',
    }),
    secrets: (base) => ({ ...byUrl(base), ...byKey() }),
    success: {},
  },
} satisfies Record<string, TestedChannel>;

/** All of them, each with its name. */
export const testedChannels: [string, TestedChannel][] = Object.entries(httpChannels);
