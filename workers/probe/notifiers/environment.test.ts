import { describe, expect, it } from "vitest";
import { readDefaultChannels } from "./environment.ts";
import { channelMistakes } from "./registry.ts";
import { webhookSecret } from "./testing/channels.ts";

const everything = {
  ALERT_EMAIL_ENABLED: "true",
  ALERT_EMAIL_RECIPIENTS: "ops@netpost.example, oncall@netpost.example",
  SMTP_HOST: "mail.netpost.example",
  SMTP_PORT: "587",
  SMTP_USER: "monitoring@netpost.example",
  SMTP_PASS: "a password",
  SLACK_WEBHOOK_URL: "https://hooks.slack.com/services/T/B/x",
  SLACK_CHANNEL: "#ops",
  SLACK_MENTION_USERS: "U012AB3CD, @here",
  PAGERDUTY_INTEGRATION_KEY: "0123456789abcdef0123456789abcdef",
  ALERT_WEBHOOK_URL: "https://receiver.netpost.example/hook",
  ALERT_WEBHOOK_SECRET: webhookSecret,
  DISCORD_WEBHOOK_URL: "https://discord.com/api/webhooks/1/x",
  TEAMS_WEBHOOK_URL: "https://prod.example.logic.azure.com/workflows/x",
  TELEGRAM_BOT_TOKEN: "123456:abcdefgh",
  TELEGRAM_CHAT_ID: "-1001234",
  OPSGENIE_API_KEY: "0123456789abcdef",
  NTFY_TOPIC: "ops_alerts",
  NTFY_TOKEN: "tk_0123456789",
  NTFY_URL: "https://ntfy.netpost.example",
  GOOGLE_CHAT_WEBHOOK_URL: "https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t",
};

describe("the settings of notifications", () => {
  it("make a channel of each kind, with settings that it takes", () => {
    const { channels, off } = readDefaultChannels({ ...everything, DB: {} });
    expect(off).toEqual([]);
    expect([...channels.keys()]).toEqual([
      "slack",
      "email",
      "pagerduty",
      "webhook",
      "discord",
      "teams",
      "telegram",
      "opsgenie",
      "ntfy",
      "google-chat",
    ]);
    for (const [name, channel] of channels) expect(channelMistakes(channel), name).toEqual([]);
    expect(channels.get("slack")).toMatchObject({
      type: "slack",
      channel: "#ops",
      mentions: ["U012AB3CD", "here"],
    });
  });

  it("hold no secret in what they make, only its name", () => {
    const { channels } = readDefaultChannels(everything);
    const text = JSON.stringify([...channels]);
    expect(text).not.toMatch(/hooks\.slack|a password|0123456789|logic\.azure|123456:/);
    expect(text).not.toContain(webhookSecret);
    expect(text).toContain("{{secret.SMTP_PASS}}");
  });

  it("make Slack's bot of a token and a channel", () => {
    const { channels } = readDefaultChannels({ ...everything, SLACK_BOT_TOKEN: "xoxb-0123456789" });
    expect(channels.get("slack")).toMatchObject({ type: "slack-app", channel: "#ops" });
  });

  it("turn off what lacks one, and say which", () => {
    const { channels, off } = readDefaultChannels({
      ALERT_WEBHOOK_URL: "https://x.example/",
      SMTP_HOST: "",
    });
    expect(channels.size).toBe(0);
    expect(off).toContainEqual({ name: "webhook", because: "ALERT_WEBHOOK_SECRET not set" });
    expect(off).toContainEqual({
      name: "email",
      because: "ALERT_EMAIL_ENABLED, ALERT_EMAIL_RECIPIENTS, SMTP_HOST not set",
    });
    expect(off).toContainEqual({
      name: "slack",
      because: "neither SLACK_WEBHOOK_URL nor SLACK_BOT_TOKEN with SLACK_CHANNEL set",
    });
  });

  it("turn e-mail off by saying so", () => {
    const { off } = readDefaultChannels({ ...everything, ALERT_EMAIL_ENABLED: "false" });
    expect(off).toEqual([{ name: "email", because: "ALERT_EMAIL_ENABLED is false" }]);
  });

  const malformed = Object.entries({
    ALERT_EMAIL_ENABLED: "planted",
    ALERT_EMAIL_RECIPIENTS: "Planted <ops@netpost.example>",
    SMTP_HOST: "planted host",
    SMTP_PORT: "70000",
    SMTP_FROM: "planted",
    SMTP_SECURITY: "planted",
    SLACK_WEBHOOK_URL: "http://planted.example/",
    SLACK_BOT_TOKEN: "planted token",
    SLACK_CHANNEL: "#planted channel",
    SLACK_MENTION_USERS: "planted",
    PAGERDUTY_INTEGRATION_KEY: "planted key",
    ALERT_WEBHOOK_URL: "planted",
    ALERT_WEBHOOK_SECRET: "planted",
    DISCORD_WEBHOOK_URL: "planted",
    TEAMS_WEBHOOK_URL: "javascript:planted",
    TELEGRAM_BOT_TOKEN: "planted",
    TELEGRAM_CHAT_ID: "planted chat",
    OPSGENIE_API_KEY: "planted\r\nkey",
    NTFY_TOPIC: "planted/topic",
    NTFY_TOKEN: "planted token",
    NTFY_URL: "planted",
    GOOGLE_CHAT_WEBHOOK_URL: "planted",
  });
  it.each(malformed)("name a malformed %s and what is allowed, and no value", (name, value) => {
    const read = () => readDefaultChannels({ ...everything, [name]: value });
    expect(read).toThrow(new RegExp(`^settings of notifications: ${name}(?:\\.\\d+)?: .`));
    expect(read).not.toThrow(/planted|70000/i);
  });

  it("say what does not go together", () => {
    const { SMTP_PASS, ...noPassword } = everything;
    expect(() => readDefaultChannels(noPassword)).toThrow(
      "SMTP_USER, SMTP_PASS: they come together",
    );
    expect(() => readDefaultChannels({ ...everything, SMTP_USER: "apikey" })).toThrow(
      "SMTP_FROM: ",
    );
    expect(() => readDefaultChannels({ ...everything, SMTP_SECURITY: "none" })).toThrow(
      "SMTP_SECURITY: with none no password is sent",
    );
  });
});
