import { describe, expect, it } from "vitest";
import { queryProblem, queryValues } from "./json-path.ts";

const health = {
  status: "healthy",
  checks: [
    { name: "database", ms: 12, up: true },
    { name: "queue", ms: 340, up: false, note: null },
  ],
  "memory.mb": 312,
};

describe("queryValues", () => {
  const table: [path: string, values: unknown[]][] = [
    ["$.status", ["healthy"]],
    ["$['memory.mb']", [312]],
    ["$.checks[0].name", ["database"]],
    ["$.checks[-1].name", ["queue"]],
    ["$.checks[*].ms", [12, 340]],
    ["$..up", [true, false]],
    ["$.checks[?@.ms > 100].name", ["queue"]],
    ["$.checks[?@.up == false].ms", [340]],
    ["$.checks[1].note", [null]],
    ["$.checks[0].note", []],
    ["$.nothing", []],
    ["$.status.deeper", []],
    ["$", [health]],
  ];
  it.each(table)("selects by %s", (path, values) => {
    expect(queryProblem(path)).toBeNull();
    expect(queryValues(path, health)).toEqual(values);
    // Compiled once, it answers for another document as well.
    expect(queryValues(path, {})).toEqual(path === "$" ? [{}] : []);
  });

  it("takes documents that are no objects", () => {
    expect(queryValues("$", null)).toEqual([null]);
    expect(queryValues("$[1]", ["a", "b"])).toEqual(["b"]);
    expect(queryValues("$.a", "text")).toEqual([]);
  });

  it("throws on a malformed query", () => {
    expect(() => queryValues("status", health)).toThrow();
  });
});

describe("queryProblem", () => {
  // The last two are an extension of the library's own.
  it.each([
    "",
    "status",
    "$.",
    "$[",
    "$.checks[",
    "$.a[?]",
    "$.a b",
    "$.checks[?@.ms >]",
    "$['a",
    "$.~a",
    "$[~'a']",
  ])("refuses %j", (path) => {
    expect(queryProblem(path)).toMatch(/^not a JSONPath query \(RFC 9535\): .+/);
  });
});
