import { describe, expect, it } from "vitest";
import { deliveryTimes } from "./delivery-times.ts";
import { reviewMarkdown } from "./review.ts";
import { durationWords } from "./timeline.ts";

describe("durations in words", () => {
  it.each([
    [0, "0 s"],
    [119, "119 s"],
    [120, "2 min"],
    [7_199, "119 min"],
    [7_200, "2 h"],
    [12_000, "3 h 20 min"],
    [2 * 86_400, "2 d"],
    [187_200, "2 d 4 h"],
  ])("%d seconds are %s", (seconds, words) => {
    expect(durationWords(seconds)).toBe(words);
  });
});

describe("times of delivery", () => {
  it("are those of each incident's first message, of nearest rank", () => {
    const page = (incident: string, channel: string, deliveredAt: number) => ({
      incident,
      channel,
      startedAt: 0,
      detectedAt: 1,
      decidedAt: 2,
      deliveredAt,
    });
    const { incidents, channels } = deliveryTimes([
      page("a", "slack", 10),
      page("a", "email", 4),
      page("a", "slack", 900),
      page("b", "slack", 20),
      page("c", "slack", 30),
    ]);
    expect(incidents.fromFirstFailure).toEqual({ median: 20, p95: 30, worst: 30 });
    expect(channels.get("slack")?.fromFirstFailure).toEqual({ median: 20, p95: 30, worst: 30 });
    expect(channels.get("email")?.delivered).toBe(1);
    expect(deliveryTimes([]).incidents).toMatchObject({ delivered: 0, fromFirstFailure: null });
  });
});

describe("a review as Markdown", () => {
  const incident = {
    number: 1,
    title: "x",
    severity: "critical",
    priority: "P1",
    startedAt: 0,
    detectedAt: 0,
    endedAt: null,
    assignee: null,
    falseAlarm: false,
    deadlines: [],
    outages: [],
    timeline: [],
    review: null,
  };

  it.each([
    "# heading",
    "- item",
    "+ item",
    "1. item",
    "1) item",
    "> quote",
    "| cell |",
    "`code`",
    "<b>",
    "[a](b)",
    "![a](b)",
    "***",
    "===",
    "~~~",
    "a\nb # c",
    "&lt;",
  ])("has no structure that %j brought", (title) => {
    const [first = "", second] = reviewMarkdown({ ...incident, title }, 60, String).split("\n");
    expect(second).toBe("");
    // Whatever means something stands behind a backslash.
    const rest = first.slice("# Incident 1: ".length).replace(/\\./g, "x");
    expect(rest).not.toMatch(/[`*_{}[\]<>#|~!&]/);
    expect(rest).not.toMatch(/^(?:[-+=]|\d+[.)])/);
  });

  it("says what is not there yet", () => {
    const page = reviewMarkdown(incident, 60, String);
    expect(page).toContain("- Ended: not yet (60 s)");
    expect(page).toContain("_Not written yet._");
  });
});
