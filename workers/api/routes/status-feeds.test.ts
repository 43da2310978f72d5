/** Feeds, the history and the calendar, read by libraries of others. */
import { XMLParser, XMLValidator } from "fast-xml-parser";
import ICAL from "ical.js";
import { beforeEach, describe, expect, it } from "vitest";
import { statusHistorySchema } from "../../../shared/contract/api/status-history.ts";
import { decide, outageSample, send } from "../testing/alerting.ts";
import { readAnswer, readProblem } from "../testing/read-answer.ts";
import { applyConfig, ask, configOf, iso, minute, resetWorld, start } from "../testing/world.ts";

const day = 86_400;
const nasty = `<script>alert("1")</script> & ]]> \u0007 "Tür" 日本`;

async function textOf(path: string, type: string, at = minute(10)): Promise<string> {
  const response = await ask(path, { at, key: null });
  expect(response.status).toBe(200);
  expect(response.headers.get("Content-Type")).toBe(`${type}; charset=utf-8`);
  return response.text();
}

async function update(text: string, at: number): Promise<void> {
  const path = "/api/monitoring/incidents/1/updates";
  const response = await send("POST", path, { by: "ann", text, public: true }, at);
  expect(response.status).toBe(200);
}

beforeEach(async () => {
  await resetWorld();
  await applyConfig(configOf([{ id: "home", name: "Home & <b>shop</b>", url: "/" }]));
});

describe("the feeds", () => {
  const parser = new XMLParser({ ignoreAttributes: false, isArray: (name) => name === "entry" });

  it("are sound where nothing happened", async () => {
    for (const [format, type] of [
      ["atom", "application/atom+xml"],
      ["rss", "application/rss+xml"],
    ] as const) {
      const text = await textOf(`/api/status/feed.${format}`, type);
      expect(XMLValidator.validate(text)).toBe(true);
    }
  });

  it("have an entry for each incident, that keeps its id and tells what was published", async () => {
    const outage = outageSample("home", minute(1), minute(1) + 5);
    await decide([outage], minute(1) + 6);
    await update(nasty, minute(3));
    const first = await textOf("/api/status/feed.atom", "application/atom+xml");
    expect(XMLValidator.validate(first)).toBe(true);
    const atom = parser.parse(first).feed;
    expect(atom).toMatchObject({
      "@_xmlns": "http://www.w3.org/2005/Atom",
      author: { name: "NetPost" },
    });
    expect(atom.link.map((link: Record<string, string>) => link["@_rel"])).toEqual([
      "alternate",
      "self",
    ]);
    expect(atom.entry).toHaveLength(1);
    expect(atom.entry[0]).toMatchObject({
      id: "urn:netpost-monitoring:incident:1",
      updated: "2026-09-21T14:17:00.000Z",
      published: "2026-09-21T14:15:00.000Z",
    });
    // Escaped as HTML inside of the XML, and without what XML cannot write.
    expect(atom.entry[0].content["#text"]).toContain(
      `&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; ]]&gt;  &quot;Tür&quot; 日本`,
    );
    await decide([{ ...outage, level: "well" }], minute(5));
    const later = parser.parse(await textOf("/api/status/feed.atom", "application/atom+xml")).feed;
    expect(later.entry[0]).toMatchObject({
      id: "urn:netpost-monitoring:incident:1",
      updated: "2026-09-21T14:19:00.000Z",
      title: { "#text": "Resolved: home: service-down" },
    });
    const rss = await textOf("/api/status/feed.rss", "application/rss+xml");
    expect(XMLValidator.validate(rss)).toBe(true);
    const { channel } = parser.parse(rss).rss;
    expect(channel.item).toMatchObject({
      guid: { "#text": "urn:netpost-monitoring:incident:1", "@_isPermaLink": "false" },
      pubDate: "Mon, 21 Sep 2026 14:15:00 GMT",
    });
    expect(channel.item["content:encoded"]).not.toContain("<script");
  });
});

describe("the history", () => {
  const history = (month: string, at = minute(10)) =>
    ask(`/api/status/history?month=${month}`, { at, key: null });

  it("has the incidents that began in a month, with what was published about them", async () => {
    const outage = outageSample("home", minute(1), minute(1) + 5);
    await decide([outage], minute(1) + 6);
    await update("Looking into it.", minute(2));
    await update("Found.", minute(3));
    await decide([{ ...outage, level: "well" }], minute(5));
    const found = await readAnswer(await history("2026-09"), statusHistorySchema);
    expect(found).toMatchObject({ month: "2026-09", previous: "2026-08", truncated: false });
    expect(found.incidents).toEqual([
      {
        number: 1,
        title: "home: service-down",
        state: "closed",
        severity: "critical",
        startedAt: iso(minute(1)),
        endedAt: iso(minute(5)),
        durationSeconds: 240,
        monitors: [{ id: "home", name: "Home & <b>shop</b>" }],
        updates: [
          { at: iso(minute(2)), text: "Looking into it." },
          { at: iso(minute(3)), text: "Found." },
        ],
      },
    ]);
    const before = await readAnswer(await history("2026-08"), statusHistorySchema);
    expect(before.incidents).toEqual([]);
    const present = await ask("/api/status/history", { at: minute(10), key: null });
    expect(await readAnswer(present, statusHistorySchema)).toEqual(found);
  });

  it.each(["2026-13", "2026", "1999-01", "planted"])("refuses month=%s", async (month) => {
    const problem = await readProblem(await history(month), "invalid-request", 400);
    expect(problem.errors).toEqual([{ field: "month", message: "a month, for example 2026-10" }]);
  });
});

describe("the calendar", () => {
  const windows = "/api/monitoring/maintenance";

  async function eventsAt(at: number) {
    const text = await textOf("/api/status/maintenance.ics", "text/calendar", at);
    const calendar = new ICAL.Component(ICAL.parse(text));
    return calendar.getAllSubcomponents("vevent").map((one) => {
      const event = new ICAL.Event(one);
      return {
        uid: event.uid,
        from: event.startDate.toJSDate().getTime() / 1000,
        to: event.endDate.toJSDate().getTime() / 1000,
        status: String(one.getFirstPropertyValue("status")),
        sequence: event.sequence,
        summary: event.summary,
      };
    });
  }

  async function declare(timing: unknown, at = start): Promise<number> {
    const body = { kind: "maintenance", name: nasty, selector: { kind: "all" }, timing };
    const response = await send("POST", windows, body, at);
    expect(response.status).toBe(201);
    const { window }: { window: { id: number } } = await response.json();
    return window.id;
  }

  const weekly = { kind: "recurring", cron: "0 2 * * 0", timeZone: "UTC", durationMinutes: 120 };
  const once = (from: number) => ({ kind: "once", from: iso(from), to: iso(from + 3_600) });

  it("has each occurrence of the next 90 days, with an id that stays", async () => {
    const id = await declare(weekly);
    const events = await eventsAt(start + 60);
    expect(events).toHaveLength(13);
    const sunday = Date.parse("2026-09-27T02:00:00Z") / 1000;
    expect(events[0]).toEqual({
      uid: `maintenance-${id}-${sunday}@netpost-monitoring`,
      from: sunday,
      to: sunday + 7_200,
      status: "CONFIRMED",
      sequence: 0,
      summary: nasty.replace("\u0007", " "),
    });
    const week = (await eventsAt(start + 7 * day)).map(({ uid }) => uid);
    expect(week.slice(0, 13)).toEqual(events.map(({ uid }) => uid));
  });

  it("shows one that was moved as the same, later, and one that was cancelled as that", async () => {
    const id = await declare(once(start + day));
    const [before] = await eventsAt(start);
    const timing = once(start + 2 * day);
    expect((await send("PATCH", `${windows}/${id}`, { timing }, start + 60)).status).toBe(200);
    const [moved] = await eventsAt(start + 60);
    expect(moved).toMatchObject({ uid: before?.uid, from: start + 2 * day, status: "CONFIRMED" });
    expect(moved?.sequence).toBeGreaterThanOrEqual(before?.sequence ?? 0);
    expect((await send("DELETE", `${windows}/${id}`, undefined, start + 120)).status).toBe(200);
    expect(await eventsAt(start + 120)).toMatchObject([
      { uid: before?.uid, from: start + 2 * day, status: "CANCELLED" },
    ]);
  });

  it("keeps what was of a series that is cancelled, and shows the rest as called off", async () => {
    const id = await declare(weekly);
    const at = Date.parse("2026-10-01T00:00:00Z") / 1000;
    expect((await send("DELETE", `${windows}/${id}`, undefined, at)).status).toBe(200);
    const events = await eventsAt(at + 60);
    expect(events[0]).toMatchObject({ status: "CONFIRMED" });
    expect(events.slice(1).every(({ status }) => status === "CANCELLED")).toBe(true);
    expect(events.length).toBeGreaterThan(12);
    expect(new Set(events.map(({ uid }) => uid)).size).toBe(events.length);
  });

  it("shows nothing of an exclusion, which is nobody's business", async () => {
    const timing = once(start - day);
    const body = { kind: "exclusion", name: "planted", selector: { kind: "all" }, timing };
    expect((await send("POST", windows, body, start)).status).toBe(201);
    expect(await eventsAt(start)).toEqual([]);
  });
});
