import { describe, expect, it } from "vitest";
import type { Freshness } from "../../../shared/domain/freshness.ts";
import { knownUntil, parseWindow } from "./sla-window.ts";

const now = 1_000_000;
const fresh: Freshness = { asOf: now - 30, stale: false, lagSeconds: 30 };
const stale: Freshness = { asOf: now - 300, stale: true, lagSeconds: 300 };
const none: Freshness = { asOf: null, stale: true, lagSeconds: null };

describe("the window of an SLA query", () => {
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
