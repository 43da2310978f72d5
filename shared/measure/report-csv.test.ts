import { describe, expect, it } from "vitest";
import { csvTables } from "../contract/csv-tables.ts";
import { csvCell, reportCsv } from "./report-csv.ts";
import { sampleReport } from "./testing/sample-report.ts";

/** Reads CSV as RFC 4180 has it: a reader of its own, so that writer and reader cannot agree to err. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  const row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (!match) throw new Error("not RFC 4180");
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === "\r\n") rows.push(row.splice(0));
  }
  return rows;
}

describe("a cell", () => {
  it.each([
    [null, ""],
    [12.5, "12.5"],
    [-122.3, "-122.3"],
    [true, "true"],
    ["plain", "plain"],
    ["a,b", '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ["two\nlines", '"two\nlines"'],
    [" edge", '" edge"'],
  ])("of %j is %j", (value, text) => expect(csvCell(value)).toBe(text));

  const formulas = [
    '=HYPERLINK("https://evil.example","x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\0=1",
    "＝1",
    "＋1",
    "－1",
    "＠1",
  ];
  it.each(formulas)("that would be a formula is text: %j", (formula) => {
    const [[cell] = []] = parseCsv(`${csvCell(formula)}\r\n`);
    expect(cell).toBe(`'${formula}`);
  });
});

describe("a report as CSV", () => {
  it.each(csvTables)("has in table %s as many cells in every line, ended by CRLF", (table) => {
    const text = reportCsv(sampleReport(), table);
    const rows = parseCsv(text);
    expect(rows.length).toBeGreaterThan(1);
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
    expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    expect(text.endsWith("\r\n")).toBe(true);
  });

  it("has a line for the whole, each group, region, monitor, and monitor in a region", () => {
    const [head = [], ...rows] = parseCsv(reportCsv(sampleReport(), "availability"));
    const levels = rows.map((row) => row[head.indexOf("level")]);
    const count = (level: string) => levels.filter((one) => one === level).length;
    expect(["total", "group", "region", "monitor", "monitor in region"].map(count)).toEqual([
      1, 3, 3, 6, 18,
    ]);
    const posts = rows.find((row) => row.includes("monitor") && row.includes("posts-list")) ?? [];
    const read = (column: string) => posts[head.indexOf(column)];
    expect([read("target_percent"), read("met"), read("period")]).toEqual([
      "99.9",
      "false",
      "2026-W47",
    ]);
    expect(Number(read("budget_left_percent"))).toBeLessThan(0);
    expect(read("down_seconds")).toBe("1320");
  });

  it("leaves empty what is not known", () => {
    const [head = [], ...rows] = parseCsv(reportCsv(sampleReport(), "kpis"));
    const p1 = rows.find((row) => row.includes("p1Recovery")) ?? [];
    expect([p1[head.indexOf("value")], p1[head.indexOf("met")]]).toEqual(["", ""]);
    expect(p1[head.indexOf("reason")]).toBe("no P1 incident ended in this time");
  });

  it("lets no name or answer of a target become a formula", () => {
    const evil = '=cmd|"/c calc"!A1';
    const report = sampleReport();
    const [monitor] = report.monitors;
    if (!monitor) throw new Error("no monitor");
    const changed = sampleReport({ monitors: [{ ...monitor, name: evil, group: `@${evil}` }] });
    const cells = parseCsv(reportCsv(changed, "availability")).flat();
    expect(cells).toContain(`'${evil}`);
    expect(cells.filter((cell) => /^[=+@]/.test(cell))).toEqual([]);
  });
});
