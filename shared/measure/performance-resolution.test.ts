import { describe, expect, it } from "vitest";
import { day, hour } from "../domain/rollup.ts";
import { chooseResolution } from "./performance-resolution.ts";

const now = 1_790_000_040;
const all = { results: 0, hours: 0, days: 0 };

const monitors = (count: number) =>
  Array.from({ length: count }, () => ({
    schedule: { intervalSeconds: 60, phaseSeconds: 0 },
    regions: ["a", "b", "c"],
  }));

function choose(
  seconds: number,
  { count = 1, by = null as "hour" | "day" | null, kept = all } = {},
) {
  const window = { from: now - seconds, to: now };
  return chooseResolution({ window, monitors: monitors(count), by }, kept);
}

describe("the resolution", () => {
  it.each([
    [3 * hour, "result"],
    [3 * hour + 1, "hour"],
    [3 * day, "hour"],
    [3 * day + 1, "day"],
    [90 * day, "day"],
  ])("of %i seconds is %s", (seconds, resolution) => {
    expect(choose(seconds)).toMatchObject({ ok: true, resolution });
  });

  it("covers whole hours or days around what was asked for", () => {
    expect(choose(hour)).toMatchObject({ covered: { from: now - hour, to: now } });
    expect(choose(day)).toMatchObject({ covered: { from: 1_789_912_800, to: 1_790_002_800 } });
    expect(choose(7 * day)).toMatchObject({ covered: { from: 1_789_344_000, to: 1_790_035_200 } });
  });

  it("is coarser where the finer is no longer kept", () => {
    const kept = { results: now - hour, hours: now - 2 * hour, days: now - day };
    expect(choose(hour, { kept })).toMatchObject({ resolution: "result" });
    expect(choose(hour + 1, { kept: { ...all, results: now - hour } })).toMatchObject({
      resolution: "hour",
    });
    expect(choose(3 * hour, { kept })).toMatchObject({ resolution: "day" });
  });

  it("is coarser where there are too many results", () => {
    expect(choose(3 * hour, { count: 100 })).toMatchObject({ resolution: "result" });
    expect(choose(3 * hour, { count: 200 })).toMatchObject({ resolution: "hour" });
  });

  it("is of hours where a series by hour needs them", () => {
    expect(choose(14 * day, { by: "hour" })).toMatchObject({ resolution: "hour" });
    expect(choose(hour, { by: "hour" })).toMatchObject({ resolution: "result" });
    expect(choose(14 * day, { by: "day" })).toMatchObject({ resolution: "day" });
  });

  it("says what is allowed instead of reading without end", () => {
    expect(choose(15 * day, { by: "hour" })).toEqual({
      ok: false,
      errors: [{ field: "by", message: "day; hour in a window of at most 14d" }],
    });
    expect(choose(14 * day, { by: "hour", count: 100 })).toMatchObject({
      errors: [{ field: "by", message: "day; hour of one monitor or group: these are too many" }],
    });
    expect(
      choose(14 * day, { by: "hour", kept: { ...all, hours: now, results: now } }),
    ).toMatchObject({
      errors: [{ field: "by", message: "day: hours of so long ago are no longer kept" }],
    });
    expect(choose(90 * day, { count: 1000 })).toMatchObject({
      errors: [{ field: "window", message: /^at most 32d of so many monitors/ }].map((one) => {
        return { ...one, message: expect.stringMatching(one.message) };
      }),
    });
    expect(choose(32 * day, { count: 1000 })).toMatchObject({ ok: true });
  });
});
