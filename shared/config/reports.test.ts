import { describe, expect, it } from "vitest";
import { parseConfig } from "./parse.ts";

const file = (more: Record<string, unknown>) =>
  parseConfig({
    baseUrl: "https://netpost.example",
    regions: { "us-east": { locationHint: "enam" } },
    monitors: [],
    ...more,
  });

describe("the settings of reports and indicators", () => {
  it("have usual values", () => {
    const parsed = file({ reports: {}, kpis: {} });
    expect(parsed.ok && parsed.config.reports).toEqual({
      zone: "UTC",
      daily: true,
      weekly: true,
      monthly: true,
    });
    expect(parsed.ok && parsed.config.kpis).toEqual({ docsReviewedOn: null, targets: {} });
  });

  it.each([
    [{ reports: { zone: "Mars/Olympus" } }, /^reports\.zone: a time zone by its IANA name/],
    [{ reports: { zone: "+02:00" } }, /^reports\.zone: a time zone by its IANA name/],
    [{ reports: { hourly: true } }, /^reports: no such setting: hourly; allowed: zone, daily, /],
    [{ reports: { daily: "yes" } }, /^reports\.daily: /],
    [{ kpis: { docsReviewedOn: "yesterday" } }, /^kpis\.docsReviewedOn: a date as YYYY-MM-DD/],
    [
      { kpis: { targets: { speed: 1 } } },
      /^kpis\.targets: no such setting: speed; allowed: uptime, /,
    ],
    [{ kpis: { targets: { uptime: -1 } } }, /^kpis\.targets\.uptime: /],
  ])("are refused in %j, with what is allowed", (more, message) => {
    const parsed = file(more);
    expect(parsed.ok ? [] : parsed.mistakes).toEqual([expect.stringMatching(message)]);
  });
});
