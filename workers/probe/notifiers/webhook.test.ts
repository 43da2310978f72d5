import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { messageSchema } from "../../../shared/contract/alerting/message.ts";
import { deliver } from "./registry.ts";
import { webhookSecret } from "./testing/channels.ts";
import { Box, contextOf, messageOf, now } from "./testing/receiving.ts";
import { bodyOf } from "./testing/sending.ts";

describe("a signed webhook", () => {
  it("is verified by the official library, and is a message", async () => {
    const realNow = { now: () => Date.now(), sleep: () => new Promise<void>(() => {}) };
    const { request, body } = await bodyOf("webhook", messageOf(), { clock: realNow });
    const headers = z.record(z.string(), z.string()).parse(request.headers);
    expect(new Webhook(webhookSecret).verify(request.body, headers)).toEqual(body);
    const changed = request.body.replace("critical", "info");
    expect(() => new Webhook(webhookSecret).verify(changed, headers)).toThrow("No matching");
    const envelope = z.object({
      type: z.string(),
      timestamp: z.iso.datetime(),
      data: messageSchema,
    });
    expect(envelope.parse(body)).toMatchObject({ type: "incident.trigger", data: messageOf() });
  });

  it("is signed by both secrets while one takes the other's place", async () => {
    const other = `whsec_${btoa("another secret of 24 byt")}`;
    const box = new Box();
    const secrets = { URL: box.url, KEY: `${other} ${webhookSecret}` };
    const channel = { type: "webhook", url: "{{secret.URL}}", secret: "{{secret.KEY}}" };
    const clock = { now: () => Date.now(), sleep: () => new Promise<void>(() => {}) };
    await deliver(messageOf(), channel, { ...contextOf(secrets), clock });
    const request = await box.request();
    const headers = z.record(z.string(), z.string()).parse(request.headers);
    for (const secret of [other, webhookSecret]) {
      expect(() => new Webhook(secret).verify(request.body, headers)).not.toThrow();
    }
  });

  it("has the same id however often it is sent, and its time in the signature", async () => {
    const [one, two] = await Promise.all([
      bodyOf("webhook", messageOf()),
      bodyOf("webhook", messageOf()),
    ]);
    expect(one.request.headers["webhook-id"]).toBe(two.request.headers["webhook-id"]);
    expect(one.request.headers["webhook-id"]).not.toContain(".");
    expect(one.request.headers["webhook-timestamp"]).toBe(String(now));
  });
});
