/** What vendors answer in their own way, and what we make of it. */
import { expect, it, vi } from "vitest";
import { deliver } from "./registry.ts";
import { httpChannels, planted, type TestedChannel } from "./testing/channels.ts";
import { type AnswerInput, Box, contextOf, messageOf } from "./testing/receiving.ts";

const json = (body: unknown, status = 200) => ({ status, body });
const slackError = (error: string) => json({ ok: false, error });

const cases: [keyof typeof httpChannels, AnswerInput, string, string, number | null][] = [
  ["slack", { status: 404, body: "no_service" }, "gone", "no_service", null],
  ["slack", { status: 403, body: "invalid_token" }, "unauthorized", "invalid_token", null],
  ["slack", { status: 400, body: "invalid_blocks" }, "rejected", "invalid_blocks", null],
  ["slack-app", slackError("ratelimited"), "rate-limited", "ratelimited", null],
  ["slack-app", slackError("internal_error"), "server-error", "internal_error", null],
  ["slack-app", slackError("invalid_auth"), "unauthorized", "invalid_auth", null],
  ["slack-app", slackError("channel_not_found"), "not-found", "channel_not_found", null],
  ["slack-app", slackError("is_archived"), "gone", "is_archived", null],
  ["slack-app", slackError("msg_blocks_too_long"), "too-large", "msg_blocks_too_long", null],
  ["slack-app", slackError("invalid_blocks"), "rejected", "invalid_blocks", null],
  ["slack-app", { body: "<html>" }, "unexpected-answer", "not one of Slack's", null],
  [
    "pagerduty",
    json({ status: "invalid event", message: "Event object is invalid", errors: ["no key"] }, 400),
    "rejected",
    "Event object is invalid: no key",
    null,
  ],
  [
    "discord",
    json({ message: "You are limited", retry_after: 64.57 }, 429),
    "rate-limited",
    "limited",
    65,
  ],
  [
    "discord",
    json({ message: "Unknown Webhook", code: 10015 }, 404),
    "not-found",
    "Unknown Webhook",
    null,
  ],
  [
    "telegram",
    json({ ok: false, description: "Too Many Requests", parameters: { retry_after: 14 } }, 429),
    "rate-limited",
    "Too Many Requests",
    14,
  ],
  [
    "telegram",
    json({ ok: false, description: "Bad Request: chat not found" }, 400),
    "not-found",
    "chat not found",
    null,
  ],
  [
    "telegram",
    json({ ok: false, description: "Not Found" }, 404),
    "unauthorized",
    "Not Found",
    null,
  ],
  ["opsgenie", json({ message: "Key format is not valid!" }, 422), "rejected", "Key format", null],
  [
    "ntfy",
    json({ code: 42901, error: "limit reached" }, 429),
    "rate-limited",
    "limit reached",
    null,
  ],
  [
    "google-chat",
    json({ error: { message: "Invalid thread" } }, 400),
    "rejected",
    "Invalid thread",
    null,
  ],
];

it.each(cases)("%s answering %j is %s", async (name, answer, reason, words, retryAfterSeconds) => {
  const delivered = await sendTo(name, answer);
  const detail = expect.stringContaining(words);
  expect(delivered).toMatchObject({ ok: false, reason, detail, retryAfterSeconds });
});

it("writes nothing to the log, whatever happens", async () => {
  const levels = ["log", "debug", "info", "warn", "error"] as const;
  const spies = levels.map((level) => vi.spyOn(console, level).mockImplementation(() => {}));
  try {
    await sendTo("slack", { status: 500, body: planted });
    await sendTo("telegram", { behaviour: "reset" });
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
});

async function sendTo(name: keyof typeof httpChannels, answer: AnswerInput) {
  const tested: TestedChannel = httpChannels[name];
  const box = new Box();
  await box.answer(answer);
  return deliver(messageOf(), tested.channel(box.url), contextOf(tested.secrets(box.url)));
}
