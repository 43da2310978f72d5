import { describe, expect, it } from "vitest";
import { cronProblem, isTimeZone, nextCronTime } from "./cron.ts";

const seconds = (instant: string) => Date.parse(instant) / 1000;

/** The next times after an instant, as instants. */
function timesAfter(expression: string, timeZone: string, after: string, count: number): string[] {
  const times: string[] = [];
  let time = seconds(after);
  for (let index = 0; index < count; index += 1) {
    time = nextCronTime({ kind: "cron", expression, timeZone }, time);
    times.push(new Date(time * 1000).toISOString().replace(":00.000Z", "Z"));
  }
  return times;
}

describe("the next time of a cron expression", () => {
  it("is after the time given, never at it", () => {
    expect(timesAfter("0 3 * * *", "UTC", "2026-11-23T03:00:00Z", 1)).toEqual([
      "2026-11-24T03:00Z",
    ]);
    expect(timesAfter("0 3 * * *", "UTC", "2026-11-23T02:59:59Z", 1)).toEqual([
      "2026-11-23T03:00Z",
    ]);
  });

  it("is the same whatever was asked before", () => {
    const cron = { kind: "cron", expression: "*/7 1-5 * * 1-5", timeZone: "Asia/Kolkata" } as const;
    const start = seconds("2026-11-20T20:00:00Z");
    const asked = Array.from({ length: 400 }, (_, index) => start + ((index * 7_919) % 200_000));
    const inOrder = asked.toSorted((a, b) => a - b).map((at) => [at, nextCronTime(cron, at)]);
    for (const [at = 0, next = 0] of inOrder) {
      expect(nextCronTime(cron, at)).toBe(next);
      expect(next).toBeGreaterThan(at);
      expect(nextCronTime(cron, next - 1)).toBe(next);
    }
  });

  it("keeps to the local time when the clocks change, in Berlin and in New York", () => {
    expect(timesAfter("0 3 * * *", "Europe/Berlin", "2026-10-24T00:00:00Z", 3)).toEqual([
      "2026-10-24T01:00Z",
      "2026-10-25T02:00Z",
      "2026-10-26T02:00Z",
    ]);
    expect(timesAfter("0 3 * * *", "America/New_York", "2026-03-07T00:00:00Z", 3)).toEqual([
      "2026-03-07T08:00Z",
      "2026-03-08T07:00Z",
      "2026-03-09T07:00Z",
    ]);
  });

  it("is the end of the gap where the local time is skipped in spring", () => {
    expect(timesAfter("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2)).toEqual([
      "2026-03-29T01:00Z",
      "2026-03-30T00:30Z",
    ]);
    expect(timesAfter("30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", 2)).toEqual([
      "2026-03-08T07:00Z",
      "2026-03-09T06:30Z",
    ]);
  });

  it("comes once where the local time comes twice in autumn", () => {
    expect(timesAfter("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2)).toEqual([
      "2026-10-25T00:30Z",
      "2026-10-26T01:30Z",
    ]);
    expect(timesAfter("30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", 2)).toEqual([
      "2026-11-01T05:30Z",
      "2026-11-02T06:30Z",
    ]);
  });

  it("goes on every hour through both changes", () => {
    for (const day of ["2026-03-28T22:00:00Z", "2026-10-24T22:00:00Z"]) {
      const times = timesAfter("15 * * * *", "Europe/Berlin", day, 6).map((time) =>
        seconds(time.replace("Z", ":00Z")),
      );
      const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      expect(new Set(pauses)).toEqual(new Set([3600]));
    }
  });
});

describe("a cron expression", () => {
  it.each(["0 3 * * *", "*/15 8-18 * * MON-FRI", "  0  3 1 * * ", "0 0 29 2 *"])(
    "may be %j",
    (expression) => expect(cronProblem(expression)).toBeNull(),
  );

  it.each(["", "0 3 * *", "0 0 3 * * *", "@daily", "2026-01-01T00:00:00Z"])(
    "%j has not five fields",
    (expression) => expect(cronProblem(expression)).toContain("five fields as in a crontab"),
  );

  it.each(["61 * * * *", "0 25 * * *", "0 3 * * XYZ", "a b c d e"])("%j is none", (expression) => {
    expect(cronProblem(expression)).toContain("not a cron expression");
  });

  it("names a time that never comes", () => {
    expect(cronProblem("0 0 30 2 *")).toBe("a time that never comes");
  });
});

describe("a time zone", () => {
  it.each(["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"])(
    "may be %s",
    (name) => expect(isTimeZone(name)).toBe(true),
  );

  it.each(["Mars/Base", "+02:00", "", "Europe/Berlin ", "GMT+25"])("is not %j", (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});
