import { describe, expect, it } from "vitest";
import { type Channel, channelMistakes, deliver } from "./registry.ts";
import { Box, contextOf, messageOf } from "./testing/receiving.ts";

const channel = (settings: object): Channel => ({
  type: "template",
  url: "{{secret.URL}}",
  body: "{}",
  ...settings,
});

describe("a template", () => {
  it("fills in what it names, with the method and the headers that it says", async () => {
    const box = new Box();
    const settings = {
      url: "{{secret.URL}}/alerts/{{dedupKey}}?p={{priority}}",
      method: "PUT",
      headers: { "X-Key": "{{secret.KEY}}", "X-Severity": "{{severity}}" },
      body: '{"n": "{{number}}", "state": "{{state}}", "s": "{{startedAt}}", "e": "{{endedAt}}"}',
    };
    const secrets = { URL: box.url, KEY: "planted" };
    await deliver(messageOf(), channel(settings), contextOf(secrets));
    const request = await box.request();
    expect(request).toMatchObject({
      method: "PUT",
      path: "/alerts/outage%2Forders%2F1795459500?p=P2",
      headers: { "x-key": "planted", "x-severity": "critical", "content-type": "application/json" },
    });
    expect(JSON.parse(request.body)).toEqual({
      n: "12",
      state: "open",
      s: "2026-11-23T18:45:00Z",
      e: "",
    });
  });

  const refused: [string, object, RegExp][] = [
    ["names what there is not", { body: '"{{tilte}}"' }, /^body: a reference is/],
    ["leaves a reference open", { body: '"{{title"' }, /^body: a reference is/],
    ["is not JSON", { body: '{"a": }' }, /the body is not JSON/],
    ["has a reference outside of quotation marks", { body: '{"a": {{number}}}' }, /not JSON/],
    ["has a header that is none", { headers: { "a b": "x" } }, /^headers\.a b: /],
    ["has another method", { method: "GET" }, /^method: /],
  ];
  it.each(refused)("is refused where it %s", (_, settings, mistake) => {
    expect(channelMistakes(channel(settings))).toEqual([expect.stringMatching(mistake)]);
  });

  it.each(["http://receiver.example/", "ftp://receiver.example/", "planted"])(
    "sends nothing to %s",
    async (url) => {
      const delivered = await deliver(messageOf(), channel({}), contextOf({ URL: url }));
      expect(delivered).toMatchObject({
        reason: "misconfigured",
        detail: "url: not an https URL once it is filled in",
      });
    },
  );

  it("sends no header with a line break in a secret", async () => {
    const box = new Box();
    const context = contextOf({ URL: box.url, KEY: "a\r\nX-Planted: 1" });
    const settings = { headers: { "X-Key": "{{secret.KEY}}" } };
    await deliver(messageOf(), channel(settings), context);
    const { headers } = await box.request();
    expect(headers).not.toHaveProperty("x-planted");
  });
});
