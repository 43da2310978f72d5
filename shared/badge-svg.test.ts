import { XMLParser, XMLValidator } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { badgeColours, badgeSvg } from "./badge-svg.ts";

const parser = new XMLParser({ ignoreAttributes: false });

/** Contrast with white, WCAG 2.2. */
function contrast(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}

describe("a badge", () => {
  it("says what it shows to those who cannot see it", () => {
    const { svg } = parser.parse(badgeSvg({ label: "API", value: "up", colour: "green" }));
    expect(svg).toMatchObject({ title: "API: up", "@_role": "img", "@_aria-label": "API: up" });
  });

  it.each([
    `"><script>alert(1)</script>`,
    "a & b < c > d ' e",
    "]]>&#0;\u0000\u0007\ud800",
    "日本語の名前",
  ])("is sound XML, and its text only text: %j", (label) => {
    const text = badgeSvg({ label, value: "99.9 %", colour: "red" });
    expect(XMLValidator.validate(text)).toBe(true);
    expect(text).not.toContain("<script");
    expect(text.match(/<text /g)).toHaveLength(2);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none must be left
    expect(text).not.toMatch(/[\u0000-\u001f]/);
  });

  it("is as wide as its fields, and loads nothing from elsewhere", () => {
    const text = badgeSvg({ label: "uptime 30 d", value: "99.98 %", colour: "green" });
    const { svg } = parser.parse(text);
    const lengths = [...text.matchAll(/textLength="(\d+)"/g)].map(([, length]) => Number(length));
    expect(Number(svg["@_width"])).toBe(lengths.reduce((sum, length) => sum + length + 12, 0));
    expect(text.replace("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|href|url\(|style/);
  });

  it.each(Object.entries(badgeColours))("is readable on %s", (_, colour) => {
    expect(contrast(colour)).toBeGreaterThan(4.5);
  });
});
