/** What is sent: that vendors take it, that it says everything, and that nothing in it acts. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type Message, messageKinds } from "../../../shared/domain/alerting/message.ts";
import { planted } from "./testing/channels.ts";
import { messageOf, monitorOf, resolvedOf } from "./testing/receiving.ts";
import { bodyOf, sent } from "./testing/sending.ts";
import { vendorSchemas } from "./testing/vendor-schemas.ts";

const hasSchema = (name: string): name is keyof typeof vendorSchemas => name in vendorSchemas;
const vendors = Object.keys(vendorSchemas).filter(hasSchema);

/** Every text in a document, one below the other. */
function textsOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return "";
  return Object.values(value).map(textsOf).join("\n");
}

const crowd = Array.from({ length: 200 }, (_, index) =>
  monitorOf({
    id: `monitor-${index}`,
    name: `Monitor 🚨 ${index} ${"ä".repeat(90)}`,
    detail: `expected 2xx & "more" ${"x".repeat(400)}`,
    regions: Array.from({ length: 30 }, (_, region) => ({
      id: `region-${region}`,
      colo: "IAD",
      status: "down" as const,
    })),
  }),
);
const longLink = `https://monitoring.netpost.example/${"x".repeat(900)}`;
const huge = messageOf(
  {
    monitors: crowd,
    moreMonitors: 7,
    note: "🚨".repeat(2_000),
    labels: Object.fromEntries(crowd.map(({ id, detail }) => [id, detail])),
    links: { incident: longLink, acknowledge: longLink, runbook: longLink },
  },
  { title: "🚨 everything is down ".repeat(100), dedupKey: "k".repeat(255) },
);
const bare = messageOf(
  {
    monitors: [],
    budget: null,
    labels: {},
    links: { incident: null, acknowledge: null, runbook: null },
  },
  { number: null, title: "" },
);

describe.each(vendors)("%s takes", (name) => {
  const cases: [string, Message][] = [
    ...messageKinds.map((kind): [string, Message] => [kind, messageOf({ kind })]),
    ["the end", resolvedOf()],
    ["one with nothing to say", bare],
    ["one of more monitors than anybody can read", huge],
  ];
  it.each(cases)("%s", async (_, message) => {
    const { body } = await bodyOf(name, message);
    const { error } = vendorSchemas[name].safeParse(body);
    expect(error && z.prettifyError(error)).toBeUndefined();
  });

  it("an answer to the first message", async () => {
    const thread = { "slack-app": "C0123:1795460225.000100", telegram: "77" }[String(name)] ?? "x";
    const { requests } = await sent(name, resolvedOf(), { thread });
    for (const { body } of requests) {
      expect(vendorSchemas[name].safeParse(JSON.parse(body)).error).toBeUndefined();
    }
  });
});

describe.each(vendors)("%s", (name) => {
  it("says what, since when, where, why, how bad and where to act", async () => {
    const { body } = await bodyOf(name, messageOf());
    const text = textsOf(body)
      .replaceAll(/[\u2060\\]/g, "")
      .replaceAll("%28", "(")
      .replaceAll("%29", ")");
    for (const said of [
      "P2 critical: List of orders is down",
      "2026-11-23 18:45:00 UTC (12 min 5 s)",
      "down in us-east (IAD), us-west; up in eu-west (AMS)",
      "status – expected 2xx – actual 503, threshold 2xx",
      "25.3 % used, burning 14.4 times as fast as it may",
      "team=payments",
      "https://monitoring.netpost.example/incidents/12",
      "/acknowledge?token=t(1)",
      "https://docs.netpost.example/runbooks/orders",
    ]) {
      expect(text).toContain(said);
    }
  });

  it("counts the monitors that it leaves out", async () => {
    const { body } = await bodyOf(name, huge);
    const text = textsOf(body).replaceAll(/[\u2060\\]/g, "");
    const shown = new Set(text.match(/Monitor 🚨 \d+ /g) ?? []).size;
    const [, more] = /(?:and )?(\d+) (?:more )?monitors/.exec(text) ?? [];
    expect(shown + Number(more)).toBe(207);
  });

  it("cuts no character in half", async () => {
    const { body } = await bodyOf(name, huge);
    expect(textsOf(body).isWellFormed()).toBe(true);
  });
});

const attack =
  'x\r\nBcc: evil\u202e <script>alert(1)</script> <!channel> <@U0EVIL> @everyone <@&1> <users/all> *b* _i_ ~s~ `c` [click](https://evil.example) https://evil.example/x @evilbot /start #tag "}],{"';
const hostile = messageOf(
  {
    note: attack,
    labels: { [attack]: attack },
    monitors: [
      monitorOf({ name: attack, group: attack, detail: attack, reason: attack, actual: attack }),
    ],
  },
  { title: attack },
);

describe("names and details that others chose come out inert", () => {
  it.each(vendors)("in %s: no line, no document, no vendor's form broken", async (name) => {
    const { body } = await bodyOf(name, hostile);
    expect(vendorSchemas[name].safeParse(body).error).toBeUndefined();
    expect(textsOf(body)).not.toMatch(/\r|\u202e|x\nBcc/);
  });

  it("in Slack: they stand in plain text elements only, and escaped in the fallback", async () => {
    const { body } = await bodyOf("slack", hostile);
    const { text, blocks } = vendorSchemas.slack.parse(body);
    expect(text).not.toMatch(/[<>]/);
    const json = JSON.stringify(blocks);
    expect(json).not.toContain("mrkdwn");
    expect(json.match(/"type":"(?:user|broadcast)"[^}]*/g)).toEqual([
      '"type":"user","user_id":"U0AAA"',
      '"type":"broadcast","range":"here"',
    ]);
    expect(json.match(/"type":"link","url":"[^"]*/g)).toHaveLength(3);
  });

  it("in Discord: every sign of markup is escaped, and nobody else is called", async () => {
    const { body } = await bodyOf("discord", hostile);
    const { embeds, allowed_mentions, content } = vendorSchemas.discord.parse(body);
    expect(content).toBe("<@123456789012345678>");
    expect(allowed_mentions).toEqual({ parse: [], users: ["123456789012345678"], roles: [] });
    expect(embeds[0]?.title).not.toMatch(/(?<!\\)[*_~`<>[\]()@#]/);
    expect(embeds[0]?.description).not.toMatch(
      /(?<!\\)[<>@]|(?<!\\)\]\(https:\/\/evil|https:\/\/evil/,
    );
  });

  it("in Telegram: nothing begins a mention, a command, a tag or a link", async () => {
    const { body } = await bodyOf("telegram", hostile);
    const { text, entities } = vendorSchemas.telegram.parse(body);
    expect(text).not.toMatch(/[@/#]\w|\w\.\w/);
    expect(body).not.toHaveProperty("parse_mode");
    expect(entities.filter(({ type }) => type === "text_link")).toHaveLength(3);
  });

  it("in Google Chat and Opsgenie: no HTML comes of them", async () => {
    const chat = vendorSchemas["google-chat"].parse((await bodyOf("google-chat", hostile)).body);
    const texts = textsOf(chat.cardsV2[0].card.sections);
    expect(texts.replaceAll(/<\/?b>|<br>/g, "")).not.toMatch(/[<>]/);
    expect(chat).not.toHaveProperty("text");
    const { body } = await bodyOf("opsgenie", hostile);
    expect(textsOf(body)).not.toMatch(/<script|<users/);
  });

  it("in Teams: they stand in elements that know no markup", async () => {
    const { body } = await bodyOf("teams", hostile);
    expect(JSON.stringify(body)).not.toMatch(/"TextBlock|FactSet/);
  });

  const templates = [
    { contentType: "application/json", body: '{"t": "{{title}}", "x": "{{text}}"}' },
    { contentType: "application/x-www-form-urlencoded", body: "t={{title}}&x={{text}}" },
    { contentType: "application/xml", body: "<t>{{title}}</t>" },
  ];
  it.each(templates)("in a template of $contentType", async (settings) => {
    const { requests } = await sent("template", hostile, {}, settings);
    const [{ body = "", headers = {} } = {}] = requests;
    expect(headers).not.toHaveProperty("bcc");
    expect(headers["x-title"]).toMatch(/^x Bcc: evil/);
    switch (settings.contentType) {
      case "application/json":
        expect(Object.keys(z.record(z.string(), z.string()).parse(JSON.parse(body)))).toEqual([
          "t",
          "x",
        ]);
        break;
      case "application/xml":
        expect(body).toMatch(/^<t>[^<>]*<\/t>$/);
        break;
      default:
        expect([...new URLSearchParams(body).keys()]).toEqual(["t", "x"]);
    }
  });
});

describe("an incident is one thing to its receivers", () => {
  it("in PagerDuty: one dedup key, triggered, acknowledged and resolved", async () => {
    const messages = [
      messageOf(),
      messageOf({ kind: "escalate" }),
      messageOf({ kind: "acknowledge" }),
      resolvedOf(),
    ];
    const events = await Promise.all(messages.map((message) => bodyOf("pagerduty", message)));
    expect(events.map(({ body }) => body)).toMatchObject(
      ["trigger", "trigger", "acknowledge", "resolve"].map((event_action) => ({
        event_action,
        dedup_key: "outage/orders/1795459500",
      })),
    );
  });

  it("in Opsgenie: one alias, created, acknowledged and closed", async () => {
    const messages = [messageOf(), messageOf({ kind: "acknowledge" }), resolvedOf()];
    const requests = await Promise.all(messages.map((message) => bodyOf("opsgenie", message)));
    const alias = encodeURIComponent("outage/orders/1795459500");
    expect(requests.map(({ request }) => request.path)).toEqual([
      "/v2/alerts",
      `/v2/alerts/${alias}/acknowledge?identifierType=alias`,
      `/v2/alerts/${alias}/close?identifierType=alias`,
    ]);
    expect(requests[0]?.body).toMatchObject({ alias: "outage/orders/1795459500", priority: "P2" });
    expect(requests[0]?.request.headers["authorization"]).toBe(`GenieKey ${planted}`);
  });

  it("tests page nobody in PagerDuty and Opsgenie", async () => {
    const test = messageOf({ kind: "test" });
    expect((await bodyOf("pagerduty", test)).body).toMatchObject({ event_action: "resolve" });
    expect((await bodyOf("opsgenie", test)).request.path).toContain("/close?");
  });

  it("in Slack by a bot: a thread whose first message shows how the incident stands", async () => {
    const first = await sent("slack-app", messageOf());
    expect(first.delivered).toMatchObject({ receipt: "C0123:1795460225.000100" });
    expect(first.requests.map(({ path }) => path)).toEqual(["/api/chat.postMessage"]);
    const thread = first.delivered.ok ? first.delivered.receipt : null;
    const end = await sent("slack-app", resolvedOf(), { thread });
    expect(end.delivered).toMatchObject({ receipt: thread });
    expect(end.requests.map(({ path, body }) => ({ path, ...JSON.parse(body) }))).toMatchObject([
      { path: "/api/chat.update", channel: "C0123", ts: "1795460225.000100" },
      { path: "/api/chat.postMessage", thread_ts: "1795460225.000100", reply_broadcast: true },
    ]);
    const reminder = await sent("slack-app", messageOf({ kind: "reminder" }), { thread });
    expect(reminder.requests.map(({ path }) => path)).toEqual(["/api/chat.postMessage"]);
  });

  it("in Telegram and Google Chat: the later messages join the first", async () => {
    const { body } = await bodyOf("telegram", resolvedOf(), { thread: "77" });
    expect(body).toMatchObject({ reply_parameters: { message_id: 77 } });
    const chat = await bodyOf("google-chat", resolvedOf());
    expect(chat.body).toMatchObject({ thread: { threadKey: "outage/orders/1795459500" } });
    expect(chat.request.path).toContain("messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD");
  });

  it("people are called when something begins or goes on, not when it is taken on or over", async () => {
    const calls = async (message: Message) =>
      (await bodyOf("slack", message)).text.includes("U0AAA");
    expect(await calls(messageOf({ kind: "escalate" }))).toBe(true);
    expect(await calls(messageOf({ kind: "acknowledge" }))).toBe(false);
    expect(await calls(resolvedOf())).toBe(false);
    expect(await calls(messageOf({}, { severity: "info" }))).toBe(false);
  });
});
