import { describe, expect, it } from "vitest";
import { differencesOf } from "./report-differences.ts";

describe("the differences of two documents", () => {
  it("are named by where they are, members of lists by what they are called", () => {
    const was = {
      a: 1,
      list: [
        { id: "x", n: 1 },
        { id: "y", n: 2 },
      ],
      same: [1, 2],
    };
    const is = {
      a: 1,
      list: [
        { id: "y", n: 3 },
        { id: "z", n: 4 },
      ],
      same: [1, 2],
    };
    expect(differencesOf(was, is)).toEqual([
      { path: "list[x]", was: { id: "x", n: 1 }, is: null },
      { path: "list[y].n", was: 2, is: 3 },
      { path: "list[z]", was: null, is: { id: "z", n: 4 } },
    ]);
  });

  it("are none of equal ones, whatever the order of members", () => {
    expect(differencesOf({ a: [null, 1], b: {} }, { b: {}, a: [null, 1] })).toEqual([]);
  });

  it("are also between a value and a list, null and a number", () => {
    expect(differencesOf({ a: null }, { a: 1 })).toEqual([{ path: "a", was: null, is: 1 }]);
    expect(differencesOf({ a: [1] }, { a: 1 })).toEqual([{ path: "a", was: [1], is: 1 }]);
    expect(differencesOf([{ name: "n" }, { name: "n" }], [{ name: "n" }])).toHaveLength(1);
  });
});
