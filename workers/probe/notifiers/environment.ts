/** The channels that the environment's settings stand for. One that lacks a setting is off. */
import { z } from "zod";
import { smtpSecurities } from "./email.ts";
import { isAddress } from "./email-parts.ts";
import type { Channel } from "./registry.ts";
import { channelUrlWords, isChannelUrl } from "./secret.ts";
import { webhookSecrets, webhookSecretWords } from "./sign-webhook.ts";
import { slackMention } from "./slack-blocks.ts";

const url = z.string().refine((text) => isChannelUrl(text.trim()), channelUrlWords);
const key = z
  .string()
  .regex(/^\s*[\x21-\x7e]{8,300}\s*$/, "a key: 8 characters or more, no spaces");
const list = z.string().transform((text) => text.split(",").map((part) => part.trim()));
const addresses = "addresses, with a comma between: ops@netpost.example, oncall@netpost.example";

/** What they are; docs/configuration.md is made from this. Each may be missing. */
export const notificationSettingsSchema = z
  .object({
    ALERT_EMAIL_ENABLED: z
      .string()
      .transform((text) => text.trim().toLowerCase())
      .pipe(z.enum(["true", "false"], "true or false"))
      .transform((text) => text === "true")
      .meta({ description: "Turns the channel `email` on", example: "true" }),
    ALERT_EMAIL_RECIPIENTS: list
      .refine((those) => those.length <= 50 && those.every(isAddress), addresses)
      .meta({
        description: "Who gets mail: at most 50 addresses",
        example: "ops@netpost.example, oncall@netpost.example",
      }),
    SMTP_HOST: z
      .string()
      .trim()
      .regex(/^[A-Za-z0-9.:-]{1,253}$/, "a host name or an address")
      .meta({ description: "The server that takes our mail", example: "smtp.netpost.example" }),
    SMTP_PORT: z
      .string()
      .regex(/^\s*[1-9]\d{0,4}\s*$/, "a port: 1 to 65535")
      .transform(Number)
      .refine((port) => port <= 65_535, "a port: 1 to 65535")
      .meta({
        description: "Its port; Cloudflare opens no connection to port 25",
        example: "465",
        usually: "587",
      }),
    SMTP_USER: z.string().min(1).meta({
      description: "Who we are to it; comes with SMTP_PASS",
      example: "monitoring@netpost.example",
    }),
    SMTP_PASS: z
      .string()
      .min(1)
      .meta({ description: "Its password", example: "app-password", secret: true }),
    SMTP_FROM: z.string().trim().refine(isAddress, "one address, without a name").meta({
      description: "The sender of our mail",
      example: "monitoring@netpost.example",
      usually: "SMTP_USER",
    }),
    SMTP_SECURITY: z.enum(smtpSecurities, `one of ${smtpSecurities.join(", ")}`).meta({
      description:
        "`starttls`: encrypted, or not sent; `tls`: from the first byte; `none`: without a password",
      example: "tls",
      usually: "tls on port 465, else starttls",
    }),
    SLACK_WEBHOOK_URL: url.meta({
      description: "Turns the channel `slack` on, by an incoming webhook",
      example: "https://hooks.slack.com/services/T000/B000/XXXX",
      secret: true,
    }),
    SLACK_BOT_TOKEN: key.meta({
      description: "Turns the channel `slack` on, as an app with threads; needs SLACK_CHANNEL",
      example: "xoxb-…",
      secret: true,
    }),
    SLACK_CHANNEL: z
      .string()
      .trim()
      .regex(/^#?[^\s#@]{1,80}$/, "#name or an id of a channel")
      .meta({ description: "Where Slack shows the messages", example: "#ops" }),
    SLACK_MENTION_USERS: list
      .transform((those) => those.map((one) => one.replace(/^@/, "")))
      .pipe(z.array(slackMention).max(20))
      .meta({
        description: "Who is mentioned: ids of users and groups, `here`, `channel`; at most 20",
        example: "U012AB3CD, S0ABC, here",
      }),
    PAGERDUTY_INTEGRATION_KEY: key.meta({
      description: "Turns the channel `pagerduty` on: the key of an Events API v2 integration",
      example: "32 letters and digits",
      secret: true,
    }),
    ALERT_WEBHOOK_URL: url.meta({
      description: "Turns the channel `webhook` on; needs ALERT_WEBHOOK_SECRET",
      example: "https://hooks.netpost.example/alerts",
      secret: true,
    }),
    ALERT_WEBHOOK_SECRET: z
      .string()
      .refine((text) => webhookSecrets(text) !== null, webhookSecretWords)
      .meta({
        description: "Signs what the webhook is sent; two with a space between while it is changed",
        example: 'output of `echo "whsec_$(openssl rand -base64 32)"`',
        secret: true,
      }),
    DISCORD_WEBHOOK_URL: url.meta({
      description: "Turns the channel `discord` on",
      example: "https://discord.com/api/webhooks/000/XXXX",
      secret: true,
    }),
    TEAMS_WEBHOOK_URL: url.meta({
      description: "Turns the channel `teams` on: the address of a workflow",
      example: "https://prod-00.westeurope.logic.azure.com/workflows/…",
      secret: true,
    }),
    TELEGRAM_BOT_TOKEN: z
      .string()
      .regex(/^\s*\d+:[\w-]+\s*$/, "a bot's token: digits, a colon, a key")
      .meta({
        description: "Turns the channel `telegram` on; needs TELEGRAM_CHAT_ID",
        example: "123456:ABC-DEF",
        secret: true,
      }),
    TELEGRAM_CHAT_ID: z
      .string()
      .trim()
      .regex(/^(?:-?\d{1,20}|@[A-Za-z]\w{3,31})$/, "a chat's id, or @name")
      .meta({ description: "The chat that is written to", example: "-1001234567890" }),
    OPSGENIE_API_KEY: key.meta({
      description: "Turns the channel `opsgenie` on: the key of an API integration",
      example: "a UUID",
      secret: true,
    }),
    NTFY_TOPIC: z
      .string()
      .trim()
      .regex(/^[\w-]{1,64}$/, "letters, digits, _ and -")
      .meta({
        description: "Turns the channel `ntfy` on; who knows the topic can read it",
        example: "netpost-ops-7f3a",
        secret: true,
      }),
    NTFY_TOKEN: key.meta({
      description: "An access token of ntfy",
      example: "tk_…",
      secret: true,
    }),
    NTFY_URL: url.meta({
      description: "A server of your own",
      example: "https://ntfy.netpost.example",
      usually: "https://ntfy.sh",
    }),
    GOOGLE_CHAT_WEBHOOK_URL: url.meta({
      description: "Turns the channel `google-chat` on",
      example: "https://chat.googleapis.com/v1/spaces/AAAA/messages?key=…",
      secret: true,
    }),
  })
  .partial();

type NotificationSettings = z.infer<typeof notificationSettingsSchema>;
export type NotificationSetting = keyof NotificationSettings;

/** A channel that is not there, and why. */
export interface ChannelOff {
  readonly name: string;
  /** Names settings, never a value. */
  readonly because: string;
}

/** The channels of an environment, by name, and those that are off. */
export interface DefaultChannels {
  readonly channels: ReadonlyMap<string, Channel>;
  readonly off: readonly ChannelOff[];
}

/**
 * Reads the settings of notifications. What is unset or empty counts as missing.
 *
 * @throws Error naming every setting that is malformed and what is allowed, never a value
 */
export function readDefaultChannels(env: object): DefaultChannels {
  const present = Object.entries(env).filter(
    ([name, value]) => name in notificationSettingsSchema.shape && value !== "",
  );
  const parsed = notificationSettingsSchema.safeParse(Object.fromEntries(present));
  const mistakes = parsed.success
    ? mistakesTogether(parsed.data)
    : parsed.error.issues.map(({ path, message }) => `${String(path[0])}: ${message}`);
  if (!parsed.success || mistakes.length > 0) {
    throw new Error(`settings of notifications: ${mistakes.join("; ")}`);
  }
  const channels = new Map<string, Channel>();
  const off: ChannelOff[] = [];
  for (const [name, { needs, channel, offBecause }] of Object.entries(builders)) {
    const missing = needs.filter((setting) => parsed.data[setting] === undefined);
    const because = offBecause?.(parsed.data) ?? null;
    if (missing.length > 0) off.push({ name, because: `${missing.join(", ")} not set` });
    else if (because !== null) off.push({ name, because });
    else channels.set(name, channel(parsed.data));
  }
  return { channels, off };
}

/** What is well-formed by itself and wrong with the rest. */
function mistakesTogether(given: NotificationSettings): string[] {
  const { SMTP_HOST, SMTP_USER, SMTP_PASS, SMTP_FROM, SMTP_SECURITY } = given;
  if (SMTP_HOST === undefined || given.ALERT_EMAIL_ENABLED !== true) return [];
  return [
    ...((SMTP_USER === undefined) === (SMTP_PASS === undefined)
      ? []
      : ["SMTP_USER, SMTP_PASS: they come together"]),
    ...(SMTP_SECURITY === "none" && SMTP_USER !== undefined
      ? ["SMTP_SECURITY: with none no password is sent: leave out SMTP_USER and SMTP_PASS"]
      : []),
    ...(SMTP_FROM === undefined && !isAddress(SMTP_USER ?? "")
      ? ["SMTP_FROM: one address, without a name; needed where SMTP_USER is none"]
      : []),
  ];
}

interface Builder {
  readonly needs: readonly NotificationSetting[];
  readonly channel: (given: NotificationSettings) => Channel;
  /** Why it is off though nothing is missing. */
  readonly offBecause?: (given: NotificationSettings) => string | null;
}

const secret = (name: NotificationSetting) => `{{secret.${name}}}`;

const builders: Readonly<Record<string, Builder>> = {
  slack: {
    needs: [],
    offBecause: ({ SLACK_WEBHOOK_URL, SLACK_BOT_TOKEN, SLACK_CHANNEL }) => {
      if (SLACK_BOT_TOKEN !== undefined && SLACK_CHANNEL !== undefined) return null;
      if (SLACK_WEBHOOK_URL !== undefined) return null;
      return "neither SLACK_WEBHOOK_URL nor SLACK_BOT_TOKEN with SLACK_CHANNEL set";
    },
    channel: ({ SLACK_BOT_TOKEN, SLACK_CHANNEL: channel, SLACK_MENTION_USERS: mentions = [] }) =>
      SLACK_BOT_TOKEN !== undefined && channel !== undefined
        ? { type: "slack-app", botToken: secret("SLACK_BOT_TOKEN"), channel, mentions }
        : {
            type: "slack",
            webhookUrl: secret("SLACK_WEBHOOK_URL"),
            mentions,
            ...(channel !== undefined && { channel }),
          },
  },
  email: {
    needs: ["ALERT_EMAIL_ENABLED", "ALERT_EMAIL_RECIPIENTS", "SMTP_HOST"],
    offBecause: ({ ALERT_EMAIL_ENABLED: enabled }) =>
      enabled ? null : "ALERT_EMAIL_ENABLED is false",
    channel: (given) => ({
      type: "email",
      host: given.SMTP_HOST,
      port: given.SMTP_PORT ?? 587,
      from: given.SMTP_FROM ?? given.SMTP_USER,
      recipients: given.ALERT_EMAIL_RECIPIENTS,
      ...(given.SMTP_SECURITY !== undefined && { security: given.SMTP_SECURITY }),
      ...(given.SMTP_USER !== undefined && {
        user: secret("SMTP_USER"),
        password: secret("SMTP_PASS"),
      }),
    }),
  },
  pagerduty: {
    needs: ["PAGERDUTY_INTEGRATION_KEY"],
    channel: () => ({ type: "pagerduty", routingKey: secret("PAGERDUTY_INTEGRATION_KEY") }),
  },
  webhook: {
    needs: ["ALERT_WEBHOOK_URL", "ALERT_WEBHOOK_SECRET"],
    channel: () => ({
      type: "webhook",
      url: secret("ALERT_WEBHOOK_URL"),
      secret: secret("ALERT_WEBHOOK_SECRET"),
    }),
  },
  discord: {
    needs: ["DISCORD_WEBHOOK_URL"],
    channel: () => ({ type: "discord", webhookUrl: secret("DISCORD_WEBHOOK_URL") }),
  },
  teams: {
    needs: ["TEAMS_WEBHOOK_URL"],
    channel: () => ({ type: "teams", webhookUrl: secret("TEAMS_WEBHOOK_URL") }),
  },
  telegram: {
    needs: ["TELEGRAM_BOT_TOKEN", "TELEGRAM_CHAT_ID"],
    channel: ({ TELEGRAM_CHAT_ID: chatId }) => ({
      type: "telegram",
      botToken: secret("TELEGRAM_BOT_TOKEN"),
      chatId,
    }),
  },
  opsgenie: {
    needs: ["OPSGENIE_API_KEY"],
    channel: () => ({ type: "opsgenie", apiKey: secret("OPSGENIE_API_KEY") }),
  },
  ntfy: {
    needs: ["NTFY_TOPIC"],
    channel: ({ NTFY_TOKEN, NTFY_URL }) => ({
      type: "ntfy",
      topic: secret("NTFY_TOPIC"),
      ...(NTFY_TOKEN !== undefined && { token: secret("NTFY_TOKEN") }),
      ...(NTFY_URL !== undefined && { apiUrl: NTFY_URL.trim() }),
    }),
  },
  "google-chat": {
    needs: ["GOOGLE_CHAT_WEBHOOK_URL"],
    channel: () => ({ type: "google-chat", webhookUrl: secret("GOOGLE_CHAT_WEBHOOK_URL") }),
  },
};
