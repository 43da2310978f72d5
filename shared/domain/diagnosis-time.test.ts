import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diagnosisMs, longestDiagnosisMs, timeoutBeforeDiagnosis } from "./diagnosis-time.ts";
import { retryPolicy } from "./testing/fixtures.ts";

const policy = { ...retryPolicy, timeoutMs: 5_000, budgetMs: 15_000 };

describe("diagnosisMs", () => {
  it.each([
    ["is two seconds where there is more", 3_000, 2_000],
    ["is what is left", 14_200, 800],
    ["is nothing where the budget is spent", 15_000, 0],
    ["is nothing where the budget is overdrawn", 15_100, 0],
  ])("%s", (_name, elapsedMs, expected) => {
    expect(diagnosisMs(policy, elapsedMs)).toBe(expected);
  });
});

describe("timeoutBeforeDiagnosis", () => {
  it.each([
    ["leaves an attempt alone where there is time for both", 5_000, 9_700, 5_000],
    ["leaves two seconds of the last attempt's time", 4_625, 4_625, 2_625],
    ["leaves the attempt half of its timeout", 3_000, 3_000, 2_500],
    ["leaves alone what takes less than half of a short time", 300, 950, 300],
    ["takes nothing from what is shorter than that", 2_000, 2_000, 2_000],
  ])("%s", (_name, timeoutMs, leftMs, expected) => {
    expect(timeoutBeforeDiagnosis(policy, timeoutMs, leftMs)).toBe(expected);
  });

  it("never lets the attempt and its diagnosis take more than is left", () => {
    const ms = fc.integer({ min: 100, max: 30_000 });
    fc.assert(
      fc.property(ms, ms, ms, (timeoutMs, budgetMs, left) => {
        const given = { ...policy, timeoutMs, budgetMs };
        const leftMs = Math.min(left, budgetMs);
        const allowedMs = Math.min(timeoutMs, leftMs);
        const taken = timeoutBeforeDiagnosis(given, allowedMs, leftMs);
        const diagnosis = diagnosisMs(given, budgetMs - leftMs + taken);
        expect(taken).toBeLessThanOrEqual(allowedMs);
        expect(taken).toBeGreaterThanOrEqual(Math.min(allowedMs, timeoutMs / 2));
        expect(diagnosis).toBeLessThanOrEqual(longestDiagnosisMs);
        expect(taken + diagnosis).toBeLessThanOrEqual(leftMs);
      }),
    );
  });
});
