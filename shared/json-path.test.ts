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

describe("match() and search()", () => {
  const document = {
    items: [{ v: "abc" }, { v: "xabcx" }, { v: "a\rc" }, { v: 7 }, { v: "ab\nc" }],
  };
  it.each([
    ["$.items[?match(@.v, 'a.c')].v", ["abc"]],
    ["$.items[?search(@.v, 'a.c')].v", ["abc", "xabcx"]],
    ["$.items[?match(@.v, 'ab|cd')].v", []],
    ["$.items[?match(@.v, 'a[.b]c')].v", ["abc"]],
    ["$.items[?match(@.v, 'ab[^c]c')].v", ["ab\nc"]],
    ["$.items[?!search(@.v, '\\\\p{L}')].v", [7]],
    ["$[?count(@[?search(@.v, 'b')]) == 3][0].v", ["abc"]],
  ])("select by %s", (path, values) => {
    expect(queryProblem(path)).toBeNull();
    expect(queryValues(path, document)).toEqual(values);
  });

  it("cannot be made slow by a document", () => {
    const evil = { items: [{ v: `${"a".repeat(200_000)}b` }] };
    const startedAt = performance.now();
    expect(queryValues("$.items[?match(@.v, '(a+)+')]", evil)).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it("stop at more text than they may look at", () => {
    const large = { items: Array.from({ length: 40 }, () => ({ v: "ab".repeat(10_000) })) };
    const path = "$.items[?search(@.v, '[ab]{200}c')]";
    expect(queryProblem(path)).toBeNull();
    expect(() => queryValues(path, large)).toThrow("too much text");
    expect(queryValues("$.items[0].v", large)).toHaveLength(1);
  });
});

describe("a query that a document could make slow", () => {
  it.each([
    ["$..a..b..c", ".. stands in it more than 2 times"],
    ["$..a[?@..b && @..c]", ".. stands in it more than 2 times"],
    ["$.a[?@.b == $.c && $.d[*]]", "in a filter, what begins with $ selects one value at most"],
    ["$.a[?length($.c) > 1]", "length() takes nothing that begins with $"],
    ["$.a[?match(@.b, @.c)]", "match() takes a literal as its pattern"],
    ["$.a[?search(@.b, '(?:a)')]", "search(): its pattern is no I-Regexp (RFC 9485)"],
    ["$.a[?@[?search(@.b, '[ab]{300}')]]", /^search\(\): too large a regular expression/],
  ])("is refused: %s", (path, why) => {
    const problem = queryProblem(path)?.replace("a JSONPath query that may be slow: ", "");
    if (typeof why === "string") expect(problem).toBe(why);
    else expect(problem).toMatch(why);
  });

  it("is none where it compares with one value from the root", () => {
    expect(queryProblem("$.items[?@.id == $.current]")).toBeNull();
    expect(queryProblem("$..checks[?@..ms]")).toBeNull();
  });
});
