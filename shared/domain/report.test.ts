import { describe, expect, it } from "vitest";
import {
  catchUpPeriods,
  duePeriod,
  type ReportKind,
  reportDelaySeconds,
  reportKinds,
  reportPeriodAt,
  reportPeriodName,
} from "./report.ts";

const at = (text: string) => Date.parse(text) / 1000;
const since = at("2026-01-10T12:00:00Z");

/** Every report made by asking every hour, by name. */
function madeFrom(kind: ReportKind, zone: string, from: number, to: number): string[] {
  const made: string[] = [];
  let reportedUntil: number | null = null;
  for (let now = from; now <= to; now += 3_600) {
    const due = duePeriod(kind, zone, { reportedUntil, knownSince: since }, now);
    if (!due) continue;
    made.push(reportPeriodName(kind, zone, due));
    reportedUntil = due.to;
  }
  return made;
}

describe("the report that is due", () => {
  it("is of the last period that is over, some time after its end", () => {
    const end = at("2026-11-23T00:00:00Z");
    const known = { reportedUntil: at("2026-11-22T00:00:00Z"), knownSince: since };
    expect(duePeriod("daily", "UTC", known, end + reportDelaySeconds - 1)).toBeNull();
    expect(duePeriod("daily", "UTC", known, end + reportDelaySeconds)).toEqual({
      from: at("2026-11-22T00:00:00Z"),
      to: end,
    });
    expect(duePeriod("daily", "UTC", { ...known, reportedUntil: end }, end + 9_000)).toBeNull();
  });

  it("is none before anything is known, nor of a period before", () => {
    const now = at("2026-11-23T12:00:00Z");
    expect(duePeriod("daily", "UTC", { reportedUntil: null, knownSince: null }, now)).toBeNull();
    const today = { reportedUntil: null, knownSince: at("2026-11-23T00:00:00Z") };
    expect(duePeriod("daily", "UTC", today, now)).toBeNull();
    const yesterday = { reportedUntil: null, knownSince: at("2026-11-22T23:59:59Z") };
    expect(duePeriod("daily", "UTC", yesterday, now)).not.toBeNull();
  });

  it("after missed ticks is the oldest of those missing, as far back as is caught up", () => {
    const now = at("2026-11-23T12:00:00Z");
    const names: string[] = [];
    let reportedUntil = at("2026-11-19T00:00:00Z");
    for (;;) {
      const due = duePeriod("daily", "UTC", { reportedUntil, knownSince: since }, now);
      if (!due) break;
      names.push(reportPeriodName("daily", "UTC", due));
      reportedUntil = due.to;
    }
    expect(names).toEqual(["2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22"]);
    const long = { reportedUntil: at("2026-02-01T00:00:00Z"), knownSince: since };
    const due = duePeriod("daily", "UTC", long, now);
    expect(due?.from).toBe(at("2026-11-23T00:00:00Z") - catchUpPeriods.daily * 86_400);
  });

  const zones = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Cairo",
    "Pacific/Apia",
  ];
  it.each(zones)("comes once for every period in %s, without a gap or an overlap", (zone) => {
    for (const kind of reportKinds) {
      const made = madeFrom(kind, zone, at("2026-02-20T00:00:00Z"), at("2026-04-15T00:00:00Z"));
      expect(new Set(made).size).toBe(made.length);
      expect(made.length).toBeGreaterThanOrEqual({ daily: 54, weekly: 7, monthly: 2 }[kind]);
    }
    for (let now = at("2026-01-01T00:00:00Z"); now < at("2027-01-01T00:00:00Z"); ) {
      const day = reportPeriodAt("daily", zone, now);
      expect([82_800, 84_600, 86_400, 88_200, 90_000]).toContain(day.to - day.from);
      expect(reportPeriodAt("daily", zone, day.to).from).toBe(day.to);
      now = day.to;
    }
  });

  it("is of 23 and 25 hours where the clock changes", () => {
    const spring = reportPeriodAt("daily", "Europe/Berlin", at("2026-03-29T12:00:00Z"));
    const autumn = reportPeriodAt("daily", "Europe/Berlin", at("2026-10-25T12:00:00Z"));
    expect([spring.to - spring.from, autumn.to - autumn.from]).toEqual([82_800, 90_000]);
    const week = reportPeriodAt("weekly", "America/New_York", at("2026-11-01T12:00:00Z"));
    expect(week.to - week.from).toBe(7 * 86_400 + 3_600);
  });
});
