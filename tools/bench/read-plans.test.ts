import { describe, expect, it } from "vitest";
import { scansOf, tablesIn } from "./read-plans.ts";

const tables = ["results", "monitors", "outages", "alerts"];

describe("the scans of a statement", () => {
  it("are those of tables that grow, known or new", () => {
    const plan = ["SCAN results", "SCAN monitors", "SCAN alerts USING INDEX by_time"];
    expect(scansOf("", plan, tables)).toEqual(["SCAN results", "SCAN alerts USING INDEX by_time"]);
  });

  it("are found under an alias", () => {
    const sql = "SELECT 1 FROM results AS seen JOIN monitors AS who";
    expect(scansOf(sql, ["SCAN seen", "SCAN who"], tables)).toEqual(["SCAN seen"]);
  });

  it("are not searches by key, nor the index of open outages", () => {
    const plan = [
      "SEARCH results USING PRIMARY KEY (time=?)",
      "SCAN outages USING INDEX open_outages",
    ];
    expect(scansOf("", plan, tables)).toEqual([]);
  });

  it("are also those that build an index first", () => {
    const line = "SEARCH monitors USING AUTOMATIC COVERING INDEX (id=?)";
    expect(scansOf("", [line], tables)).toEqual([line]);
  });
});

describe("the tables in a statement", () => {
  it("are found by whole words", () => {
    expect(tablesIn("SELECT 1 FROM results_of JOIN monitors", tables)).toEqual(["monitors"]);
  });
});
