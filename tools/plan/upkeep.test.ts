import { describe, expect, it } from "vitest";
import { parseConfig } from "../../shared/config/parse.ts";
import { assess, exceededOf } from "./assess.ts";
import { renderText } from "./render.ts";

function assessed(count: number, monitor: object = {}, retention: object = {}) {
  const parsed = parseConfig({
    baseUrl: "https://netpost.example",
    regions: {
      "us-east": { locationHint: "enam" },
      "us-west": { locationHint: "wnam" },
      "eu-west": { locationHint: "weur" },
    },
    retention,
    monitors: Array.from({ length: count }, (_, index) => {
      return { id: `m-${index}`, name: `M ${index}`, url: "/", ...monitor };
    }),
  });
  if (!parsed.ok) throw new Error(parsed.mistakes.join("\n"));
  return assess(parsed.config);
}

describe("the rows of the upkeep", () => {
  // By hand, a day: in each region 24 hours, and their day anew after each of them; 6 on the list
  // of work an hour; once the retention is reached as many results, 24 hours and a day go.
  const table = [
    { count: 1, every: 60, results: 4_320, upkeep: 4_320 + 3 * (48 + 25) + 144 },
    { count: 100, every: 60, results: 432_000, upkeep: 432_000 + 300 * 73 + 144 },
    { count: 1, every: 14_400, results: 18, upkeep: 18 + 3 * (12 + 7) + 144 },
  ];
  for (const { count, every, results, upkeep } of table) {
    it(`${count} monitors every ${every} s: ${upkeep} a day`, () => {
      const { day } = assessed(count, { intervalSeconds: every }).loads.typical;
      expect(day.results).toBe(results);
      expect(day.d1RowsWritten).toBe(results + 4 * 1_440 + upkeep);
    });
  }

  it("are those of all regions also where they take turns", () => {
    const { day } = assessed(1, { mode: "round-robin" }).loads.typical;
    expect(day.d1RowsWritten).toBe(1_440 + 4 * 1_440 + 1_440 + 3 * 73 + 144);
  });
});

describe("what is stored once the retention is reached", () => {
  it("is results of days, hours of years and days of ten", () => {
    const { storedBytes } = assessed(100).loads.typical;
    expect(storedBytes.results).toBeCloseTo(8 * 432_000 * 23.6);
    expect(storedBytes.hours).toBe(730 * 24 * 300 * 124);
    expect(storedBytes.days).toBe(3_650 * 300 * 124);
  });

  it("is refused where hours do not fit the database, with the days for which they would", () => {
    // 500 MB less 81.6 MB of results and 135.8 MB of days, for 0.893 MB of hours a day.
    const [verdict] = exceededOf(assessed(100), "free").filter(
      ({ limit }) => limit === "D1 bytes, kept as long as configured",
    );
    expect(verdict).toMatchObject({
      used: 8 * 432_000 * 23.6 + (730 * 24 + 3_650) * 300 * 124,
      allowed: 500_000_000,
      advice: "retention.hourDays of 316 at most, shorter rawDays or dayDays, or fewer monitors",
    });
    const fitting = assessed(100, {}, { hourDays: 316 });
    const typical = exceededOf(fitting, "free").filter(
      ({ limit, case: which }) => limit.startsWith("D1 bytes") && which === "typical",
    );
    expect(typical).toEqual([]);
  });

  it("says what to shorten where no hours fit at all", () => {
    const [verdict] = exceededOf(assessed(1_000), "free").filter(({ limit }) =>
      limit.startsWith("D1 bytes"),
    );
    expect(verdict?.advice).toBe(
      "shorter retention (rawDays, hourDays, dayDays), or fewer monitors",
    );
  });

  it("is shown with its parts", () => {
    expect(renderText(assessed(14))).toMatch(
      /Stored once the retention is reached: 11\.4 M bytes of results \(8 days\), 91\.2 M of hours \(730 days\), 19 M of days \(3650 days\)/,
    );
  });
});
