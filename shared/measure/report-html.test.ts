import { describe, expect, it } from "vitest";
import { escapeHtml, html } from "./html.ts";
import { sha256 } from "./report-digest.ts";
import { reportHtml, reportStyleSource } from "./report-html.ts";
import { reportStyle } from "./report-style.ts";
import { countsInWords, duration, fractionAsPercent, milliseconds } from "./report-words.ts";
import { sampleProvenance, sampleReport } from "./testing/sample-report.ts";

const evil = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&\``;

/** The report with something hostile wherever a text comes from outside. */
function hostile() {
  const report = sampleReport();
  return sampleReport({
    monitors: report.monitors.map((one) => ({ ...one, id: evil, name: evil, group: evil })),
    groups: report.groups.map((one) => ({ ...one, name: evil })),
    regions: report.regions.map((one) => ({ ...one, id: evil })),
    exclusions: report.exclusions.map((one) => ({ ...one, name: evil, kind: evil })),
    outages: {
      total: 3,
      listed: report.outages.listed.map((one) => ({
        ...one,
        monitor: { id: evil, name: evil },
        cause: { reason: "text", detail: evil, regions: [evil] },
      })),
    },
    kpis: report.kpis.map((one) => ({ ...one, reason: evil, from: { [evil]: evil } })),
  });
}

describe("a report as a page", () => {
  it("fetches nothing, runs nothing, and brings its own style", () => {
    const page = reportHtml(sampleReport(), sampleProvenance);
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|form|a)\b/i);
    expect(page).not.toMatch(/\s(on\w+|src|href|style)=/i);
    expect(page).not.toMatch(/url\(|@import|https?:/i);
    expect(page.match(/<style>/g)).toHaveLength(1);
    expect(page).toContain("@media print");
  });

  it("escapes whatever comes from outside", () => {
    const page = reportHtml(hostile(), { ...sampleProvenance, madeBy: evil });
    expect(page).not.toContain(evil);
    expect(page).not.toMatch(/<script|<img|onerror='/);
    const tags = new Set([...page.matchAll(/<\/?([a-z]\w*)/gi)].map(([, tag]) => tag));
    const plain = reportHtml(sampleReport(), sampleProvenance);
    const ours = new Set([...plain.matchAll(/<\/?([a-z]\w*)/gi)].map(([, tag]) => tag));
    expect([...tags].filter((tag) => !ours.has(tag))).toEqual([]);
  });

  it("names the only style that a policy has to allow", async () => {
    const digest = btoa(
      String.fromCharCode(
        ...Uint8Array.from((await sha256(reportStyle)).match(/../g) ?? [], (byte) =>
          Number.parseInt(byte, 16),
        ),
      ),
    );
    expect(await reportStyleSource()).toBe(`'sha256-${digest}'`);
    const [, style] =
      /<style>([^<]*)<\/style>/.exec(reportHtml(sampleReport(), sampleProvenance)) ?? [];
    expect(style).toBe(reportStyle);
  });

  it("says days in the report's zone, and what is missing", () => {
    const page = reportHtml(sampleReport(), sampleProvenance);
    expect(page).toContain("Week 47 of 2026");
    expect(page).toContain(
      "16 Nov 2026, 00:00 to 23 Nov 2026, 00:00, Europe&#47;Berlin".replace("&#47;", "/"),
    );
    expect(page).toContain("Not known: no P1 incident ended in this time.");
    expect(page).toContain("1 of 6 monitors missed their target.");
    expect(page).toContain(sampleProvenance.digest);
  });

  it("can be of nothing at all", () => {
    const { total } = sampleReport();
    const page = reportHtml(
      sampleReport({
        monitors: [],
        groups: [],
        regions: [],
        exclusions: [],
        kpis: [],
        outages: { total: 0, listed: [] },
        total: { ...total, monitors: 0, met: 0, missed: 0 },
      }),
      sampleProvenance,
    );
    expect(page).toContain("Nothing was monitored in this period.");
    expect(page).not.toContain("NaN");
  });
});

describe("a template", () => {
  it("escapes texts, keeps HTML, and joins lists", () => {
    expect(html`<b title="${'a"b'}">${"<"}${1}${[html`<i>`, html`</i>`]}</b>`.text).toBe(
      '<b title="a&#34;b">&#60;1<i></i></b>',
    );
    expect(escapeHtml("&<>\"'`")).toBe("&#38;&#60;&#62;&#34;&#39;&#96;");
  });
});

describe("in words", () => {
  it.each([
    [null, "–"],
    [0, "0 s"],
    [59, "59 s"],
    [61, "1 min 1 s"],
    [3_600, "1 h"],
    [90_061, "1 d 1 h"],
  ])("%j seconds are %s", (seconds, said) => expect(duration(seconds)).toBe(said));

  it("percentages are rounded down, so that what misses its target never looks met", () => {
    expect(fractionAsPercent(0.9989999)).toBe("99.8999 %");
    expect(fractionAsPercent(0.29)).toBe("29 %");
    expect(fractionAsPercent(-1.5, 1)).toBe("−150 %");
  });

  it("milliseconds are as exact as they are small", () => {
    expect([4.26, 1234.4, null].map(milliseconds)).toEqual(["4.3 ms", "1,234 ms", "–"]);
  });

  it("counts have readable names", () => {
    expect(countsInWords({ outages: 2, longestSeconds: 90, falseAlarms: 1 })).toBe(
      "outages: 2, longest: 1 min 30 s, false alarms: 1",
    );
  });
});
