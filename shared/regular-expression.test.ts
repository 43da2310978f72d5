import { describe, expect, it } from "vitest";
import { expressionProblem, longestText, matches } from "./regular-expression.ts";

describe("expressionProblem", () => {
  it.each(["NetPost", "(?i)v\\d+\\.\\d+", "^\\s*<html", "(a+)+$", "\\p{L}{1,100}"])(
    "has nothing on %s",
    (pattern) => {
      expect(expressionProblem(pattern)).toBeNull();
    },
  );

  it.each(["(", "[z-a]", "(?=a)b", "(a)\\1", "a{1001}", "((a{100}){100}){100}"])(
    "refuses %s",
    (pattern) => {
      expect(expressionProblem(pattern)).toMatch(/^not a regular expression in RE2's syntax/);
    },
  );

  it("refuses what would compile to too much", () => {
    expect(expressionProblem("(?:(?:[ab]{1,30}a){1,10})c")).toMatch(
      /^too large a regular expression: \d+ instructions of at most 250/,
    );
  });
});

describe("matches", () => {
  it.each([
    ["NetPost", "the NetPost", true],
    ["^NetPost", "the NetPost", false],
    ["(?m)^NetPost$", "the\nNetPost\n", true],
    ["a.c", "a\nc", false],
    ["é+", "caféé", true],
  ])("puts %s to %j", (pattern, text, found) => {
    expect(matches(pattern, text)).toBe(found);
  });

  // With a backtracking engine each of these would outlive the test by far.
  const costly: [pattern: string, text: string][] = [
    ["(a+)+$", `${"a".repeat(100_000)}b`],
    ["(a|a)*b$", `b${"a".repeat(100_000)}`],
    ["^(([a-z])+.)+[A-Z]([a-z])+$", "a".repeat(100_000)],
    ["(x+x+)+y", `${"x".repeat(100_000)}y`],
    ["[ab]*a[ab]{200}c[^abc]", "abbabaabc".repeat(4_000)],
  ];
  it.each(costly)("is done with %s before anybody notices", (pattern, text) => {
    expect(expressionProblem(pattern)).toBeNull();
    expect(text.length).toBeLessThan(longestText(pattern));
    const startedAt = performance.now();
    matches(pattern, text);
    // Generous: machines are busy. A wrong engine would take longer than the universe has been there.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it("refuses a text longer than its expression can be put to", () => {
    expect(longestText("NetPost")).toBeGreaterThanOrEqual(1_048_576);
    expect(() => matches("[ab]{100}c", "a".repeat(200_000))).toThrow(RangeError);
  });
});
