import ICAL from "ical.js";
import { describe, expect, it } from "vitest";
import { type CalendarEvent, escapeText, foldLine, icalendar } from "./icalendar.ts";

const event: CalendarEvent = {
  uid: "maintenance-1@netpost-monitoring",
  sequence: 2,
  changedAt: 1_790_000_000,
  from: 1_790_003_600,
  to: 1_790_010_800,
  status: "CONFIRMED",
  summary: "Weekly",
  description: "",
};

/** As another library reads it. */
function read(text: string) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  return calendar.getAllSubcomponents("vevent").map((one) => new ICAL.Event(one));
}

describe("a calendar", () => {
  it("is read by a library of others as it was meant", () => {
    const [found] = read(icalendar("NetPost", [event]));
    expect(found?.uid).toBe(event.uid);
    expect(found?.sequence).toBe(2);
    expect(found?.startDate.toJSDate().getTime()).toBe(event.from * 1000);
    expect(found?.endDate.toJSDate().getTime()).toBe(event.to * 1000);
    expect(found?.component.getFirstPropertyValue("status")).toBe("CONFIRMED");
  });

  it.each([
    "a, b; c\\d\ne",
    "BEGIN:VEVENT\r\nSUMMARY:forged",
    "ö".repeat(200),
    "👩‍🚀".repeat(60),
    `${"x".repeat(74)}é`,
  ])("keeps a text whole: %j", (summary) => {
    const text = icalendar("NetPost", [{ ...event, summary }]);
    const events = read(text);
    expect(events).toHaveLength(1);
    expect(events[0]?.summary).toBe(summary.replaceAll("\r\n", "\n"));
    for (const line of text.split("\r\n")) {
      expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
      expect(line).not.toMatch(/[\r\n]/);
    }
  });

  it("has no character that no text may have", () => {
    expect(escapeText("a\u0000b\u0007c\rd\ud800e")).toBe("a b c d\ufffde");
  });

  it("folds a line only where it is too long", () => {
    expect(foldLine("x".repeat(75))).toBe("x".repeat(75));
    expect(foldLine("x".repeat(76))).toBe(`${"x".repeat(75)}\r\n x`);
    expect(foldLine("x".repeat(150))).toBe(`${"x".repeat(75)}\r\n ${"x".repeat(74)}\r\n x`);
  });
});
