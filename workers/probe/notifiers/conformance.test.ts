/** What holds for every channel over HTTP, whatever its receiver does. */
import { describe, expect, inject, it } from "vitest";
import { deliveredSchema } from "../../../shared/contract/alerting/delivery.ts";
import { channelTypes, deliver } from "./registry.ts";
import { planted, type TestedChannel, testedChannels } from "./testing/channels.ts";
import { type AnswerInput, Box, contextOf, messageOf } from "./testing/receiving.ts";

const { ports } = inject("broken");

it("is put to every channel that there is, but for e-mail", () => {
  const tested = new Set([...testedChannels.map(([name]) => name), "email"]);
  expect(new Set(channelTypes)).toEqual(tested);
});

describe.each(testedChannels)("%s", (_, tested) => {
  async function sendTo(answer: AnswerInput, timeoutMs = 5_000) {
    const box = new Box();
    await box.answer(answer);
    const delivered = await sendAt(tested, box.url, timeoutMs);
    return { delivered, requests: await box.requests() };
  }

  it("delivers where the receiver takes it", async () => {
    const { delivered, requests } = await sendTo(tested.success);
    expect(delivered).toMatchObject({ ok: true });
    expect(deliveredSchema.safeParse(delivered).success).toBe(true);
    expect(requests).toHaveLength(1);
    expect(requests[0]?.headers["user-agent"]).toBe("NetPost-Monitor/test");
  });

  const statuses = [
    { status: 301, reason: "redirected", lasting: "permanent" },
    { status: 400, reason: "rejected", lasting: "permanent" },
    { status: 401, reason: "unauthorized", lasting: "permanent" },
    { status: 403, reason: "unauthorized", lasting: "permanent" },
    { status: 410, reason: "gone", lasting: "permanent" },
    { status: 413, reason: "too-large", lasting: "permanent" },
    { status: 500, reason: "server-error", lasting: "retryable" },
    { status: 503, reason: "server-error", lasting: "retryable" },
  ] as const;
  it.each(statuses)("calls a $status $reason", async ({ status, ...expected }) => {
    // A receiver that repeats what it was sent, and the secret with it.
    const body = `no: ${planted} ${btoa(planted)} /services/T0001/${planted}`;
    const headers = { Location: "https://elsewhere.invalid/" };
    const { delivered, requests } = await sendTo({ status, headers, body });
    expect(delivered).toMatchObject({ ok: false, ...expected, retryAfterSeconds: null });
    expect(deliveredSchema.safeParse(delivered).success).toBe(true);
    expect(JSON.stringify(delivered)).not.toContain(planted);
    expect(requests).toHaveLength(1);
  });

  it("knows no such place where the receiver says 404", async () => {
    const { delivered } = await sendTo({ status: 404 });
    const reason = expect.stringMatching(/^(?:not-found|unauthorized)$/);
    expect(delivered).toMatchObject({ ok: false, lasting: "permanent", reason });
  });

  it("keeps its secret where the receiver repeats it as an error of its own", async () => {
    const says = { message: planted, error: planted, description: planted, errors: [planted] };
    const { delivered } = await sendTo({ status: 400, body: { ...says, ok: false } });
    expect(delivered).toMatchObject({ ok: false, reason: "rejected" });
    expect(JSON.stringify(delivered)).not.toContain(planted);
  });

  it("waits as many seconds as it is asked to", async () => {
    const { delivered } = await sendTo({ status: 429, headers: { "Retry-After": "37" } });
    expect(delivered).toMatchObject({
      lasting: "retryable",
      reason: "rate-limited",
      retryAfterSeconds: 37,
    });
  });

  it("waits until the time that it is told", async () => {
    const headers = { "Retry-After": "Mon, 23 Nov 2026 18:58:05 GMT" };
    const { delivered } = await sendTo({ status: 503, headers });
    expect(delivered).toMatchObject({ reason: "server-error", retryAfterSeconds: 60 });
  });

  it.each(["hang", "drip"] as const)(
    "gives up in time where the receiver would %s",
    async (how) => {
      const startedAt = Date.now();
      const { delivered } = await sendTo({ behaviour: how }, 400);
      expect(delivered).toMatchObject({ ok: false, lasting: "retryable", reason: "timeout" });
      expect(Date.now() - startedAt).toBeLessThan(400 + 1_000);
    },
  );

  it("reads no answer without end", async () => {
    const { delivered } = await sendTo({ behaviour: "flood", status: 500 });
    expect(delivered).toMatchObject({ ok: false, reason: "server-error" });
  });

  it("is tried again where the connection breaks", async () => {
    const { delivered } = await sendTo({ behaviour: "reset" });
    expect(delivered).toMatchObject({ ok: false, lasting: "retryable", reason: "connection" });
  });

  it("is tried again where nobody listens", async () => {
    const delivered = await sendAt(tested, `http://127.0.0.1:${ports.closed}`);
    expect(delivered).toMatchObject({ ok: false, lasting: "retryable", reason: "connection" });
    expect(JSON.stringify(delivered)).not.toContain(planted);
  });

  it("sends nothing where the certificate is not trusted", async () => {
    const delivered = await sendAt(tested, `https://127.0.0.1:${ports.untrusted}`);
    expect(delivered).toMatchObject({ ok: false, lasting: "retryable", reason: "tls" });
    expect(JSON.stringify(delivered)).not.toContain(planted);
  });

  it("names the secret that is not set", async () => {
    const channel = tested.channel("https://receiver.invalid");
    const delivered = await deliver(messageOf(), channel, contextOf({}));
    expect(delivered).toMatchObject({
      ok: false,
      lasting: "permanent",
      reason: "misconfigured",
      detail: expect.stringMatching(/^(?:URL|KEY|TOPIC)(?:, URL|, KEY)? is not set$/),
    });
  });

  it("does not know other settings than its own", async () => {
    const channel = { ...tested.channel("https://receiver.invalid"), pasword: "x" };
    const delivered = await deliver(messageOf(), channel, contextOf({}));
    expect(delivered).toMatchObject({
      reason: "misconfigured",
      detail: expect.stringMatching(/^no such setting: pasword; allowed: /),
    });
  });
});

function sendAt(tested: TestedChannel, url: string, timeoutMs = 5_000) {
  const context = contextOf(tested.secrets(url), { timeoutMs });
  return deliver(messageOf(), tested.channel(url), context);
}
