import { describe, expect, it } from "vitest";
import type { Freshness } from "../domain/freshness.ts";
import { knownUntil, parseWindow } from "./window.ts";

const now = 1_000_000;
const fresh: Freshness = { asOf: now - 30, stale: false, lagSeconds: 30 };
const stale: Freshness = { asOf: now - 300, stale: true, lagSeconds: 300 };
const none: Freshness = { asOf: null, stale: true, lagSeconds: null };

describe("the window of a query", () => {
  const good = [
    {
      name: "counts back from the newest data",
      query: { window: 3600 },
      data: fresh,
      span: [now - 3630, now - 30],
    },
    {
      name: "counts back from now where data is stale",
      query: { window: 3600 },
      data: stale,
      span: [now - 3600, now],
    },
    {
      name: "counts back from now where there is no data",
      query: { window: 3600 },
      data: none,
      span: [now - 3600, now],
    },
    { name: "is 30 days unless said", query: {}, data: stale, span: [now - 2_592_000, now] },
    {
      name: "reaches from a moment to the newest data",
      query: { from: now - 100 },
      data: fresh,
      span: [now - 100, now - 30],
    },
    {
      name: "reaches to now where data is stale, so that the unknown counts",
      query: { from: now - 100 },
      data: stale,
      span: [now - 100, now],
    },
    {
      name: "is taken as given in the past",
      query: { from: now - 200, to: now - 100 },
      data: fresh,
      span: [now - 200, now - 100],
    },
    {
      name: "ends with the data",
      query: { from: now - 200, to: now },
      data: fresh,
      span: [now - 200, now - 30],
    },
    {
      name: "is empty where it lies after the data",
      query: { from: now - 10, to: now - 5 },
      data: fresh,
      span: [now - 10, now - 10],
    },
  ];
  it.each(good)("$name", ({ query, data, span }) => {
    expect(parseWindow(query, now, data)).toEqual({
      ok: true,
      window: { from: span[0], to: span[1] },
      period: null,
    });
  });

  const bad = [
    { name: "both window and from", query: { window: 60, from: 1 }, field: "window" },
    { name: "both window and to", query: { window: 60, to: 1 }, field: "window" },
    { name: "to without from", query: { to: now - 1 }, field: "from" },
    { name: "from at to", query: { from: now - 9, to: now - 9 }, field: "from" },
    { name: "from after to", query: { from: now - 8, to: now - 9 }, field: "from" },
    { name: "from that is now", query: { from: now }, field: "from" },
    { name: "to in the future", query: { from: now - 9, to: now + 1 }, field: "to" },
  ];
  it.each(bad)("refuses $name", ({ query, field }) => {
    expect(parseWindow(query, now, fresh)).toMatchObject({ ok: false, errors: [{ field }] });
  });

  it("knows as far as the data reaches while it is fresh", () => {
    expect([fresh, stale, none].map((data) => knownUntil(now, data))).toEqual([now - 30, now, now]);
  });
});

describe("a period of the calendar", () => {
  // 2026-10-25T00:30:00Z: a quarter to half past two in Berlin, in the hour that comes twice.
  const at = Date.UTC(2026, 9, 25, 0, 30) / 1000;
  const data: Freshness = { asOf: at - 10, stale: false, lagSeconds: 10 };
  const iso = (seconds: number) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

  it.each<[string, Parameters<typeof parseWindow>[0], string, string, string]>([
    [
      "present day",
      { period: "day" },
      "2026-10-25",
      "2026-10-25T00:00:00Z",
      "2026-10-25T00:29:50Z",
    ],
    [
      "present day in a zone",
      { period: "day", zone: "Europe/Berlin" },
      "2026-10-25",
      "2026-10-24T22:00:00Z",
      "2026-10-25T00:29:50Z",
    ],
    [
      "present day where it is still yesterday",
      { period: "day", zone: "America/New_York" },
      "2026-10-24",
      "2026-10-24T04:00:00Z",
      "2026-10-25T00:29:50Z",
    ],
    [
      "previous month",
      { period: "month", of: "previous", zone: "Europe/Berlin" },
      "2026-09",
      "2026-08-31T22:00:00Z",
      "2026-09-30T22:00:00Z",
    ],
    [
      "quarter by its name",
      { period: "quarter", of: "2026-Q1", zone: "America/New_York" },
      "2026-Q1",
      "2026-01-01T05:00:00Z",
      "2026-04-01T04:00:00Z",
    ],
    [
      "week that is under way",
      { period: "week", of: "2026-W43" },
      "2026-W43",
      "2026-10-19T00:00:00Z",
      "2026-10-25T00:29:50Z",
    ],
  ])("is the %s", (_, query, name, from, to) => {
    const parsed = parseWindow(query, at, data);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    expect(parsed.period?.name).toBe(name);
    expect([iso(parsed.window.from), iso(parsed.window.to)]).toEqual([from, to]);
  });

  it("keeps its whole span beside the part that is known", () => {
    const parsed = parseWindow({ period: "day", zone: "Europe/Berlin" }, at, data);
    if (!parsed.ok || !parsed.period) throw new Error("a period expected");
    // The clocks go back that night: twenty-five hours.
    expect(parsed.period.span.to - parsed.period.span.from).toBe(25 * 3_600);
    expect(parsed.window.to).toBeLessThan(parsed.period.span.to);
  });

  it("is empty in its first seconds, before there is data of it", () => {
    const midnight = Date.UTC(2026, 9, 25) / 1000;
    const parsed = parseWindow({ period: "day" }, midnight + 5, {
      asOf: midnight - 2,
      stale: false,
      lagSeconds: 7,
    });
    expect(parsed).toMatchObject({ ok: true, window: { from: midnight, to: midnight } });
  });
});
