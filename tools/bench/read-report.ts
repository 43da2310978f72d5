/** Prints what the read bench found. */
import { defaultRetention } from "../../shared/domain/retention.ts";
import type { Answered, ReadFigures } from "./read-bench.ts";
import { grow, type Weight } from "./read-growth.ts";

const sizes = [10, 100, 1_000];
const year = 365;
/** D1's limits for a database, bytes: its free plan and its paid one. */
const freeBytes = 500e6;
const paidBytes = 10e9;

const number = (value: number) => Math.round(value).toLocaleString("en-US");
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(bytes < 1e6 ? 2 : 1);

/** @returns whether everything is as promised */
export function printRead(figures: ReadFigures): boolean {
  printBuilt(figures);
  printAnswers(figures.answered);
  printBounds(figures);
  printGrowth(figures);
  if (figures.faults.length === 0) {
    console.log(
      `\n${figures.statements} different statements, none goes through a table that grows. All bounds are kept.`,
    );
    return true;
  }
  console.log("\nNot as promised:");
  for (const fault of figures.faults) console.log(`  ${fault}`);
  return false;
}

function printBuilt({ built, again, sizes: { regions, transitions } }: ReadFigures): void {
  const { days, monitors, results, rawResults, rawDays, seconds } = built;
  const expected = days * 1_440 * monitors * regions;
  const raw =
    rawDays === "all"
      ? "all of them stored one by one"
      : `${number(rawResults)} of them stored one by one: those of the last ${rawDays} days`;
  console.log(
    [
      `${days} days × ${monitors} monitors × ${regions} regions, once a minute`,
      `  ${number(results)} results recorded and rolled up (${number(expected - results)} fell into silences)`,
      `  ${raw}`,
      `  ${number(transitions.length)} changes of status`,
      `  built in ${number(seconds)} s${again ? ", by an earlier run" : ""}`,
    ].join("\n"),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ");
  console.log(`\n${line(head)}`);
  for (const row of rows) console.log(line(row));
}

function printAnswers(answered: readonly Answered[]): void {
  table(
    ["", "requests", "statements", "rows read", "kB", "first ms", "median ms", "CPU ms"],
    answered.map(({ question, statements, rowsRead, bytes, firstMs, medianMs, cpuMs }) => [
      question.name,
      String(question.paths.length),
      String(statements),
      number(rowsRead),
      (bytes / 1000).toFixed(1),
      number(firstMs),
      number(medianMs),
      number(cpuMs),
    ]),
  );
}

function printBounds({ answered }: ReadFigures): void {
  console.log("\nRows read, by table");
  for (const { question, readOf, bounds } of answered) {
    const parts = [...readOf]
      .sort(([, a], [, b]) => b - a)
      .map(([of, rows]) => `${of} ${number(rows)}`);
    console.log(`  ${question.name.trim()}: ${parts.join(", ")}`);
    for (const { what, read, most } of bounds) {
      console.log(`    ${number(read)} of at most ${number(most)}: ${what}`);
    }
  }
}

function printGrowth({ built, weights }: ReadFigures): void {
  const total = (of: readonly Weight[]) => of.reduce((sum, { bytes }) => sum + bytes, 0);
  const heavy = weights.filter(({ bytes }) => bytes >= 100_000);
  const light = weights.filter(({ bytes }) => bytes < 100_000);
  table(
    ["Table", "rows", "MB", "bytes a row"],
    [
      ...heavy.map(({ table: name, rows, bytes }) => [
        name,
        number(rows),
        megabytes(bytes),
        rows === 0 ? "" : (bytes / rows).toFixed(1),
      ]),
      [`${light.length} others`, "", megabytes(total(light)), ""],
      ["all", "", megabytes(total(weights)), ""],
    ],
  );
  console.log(
    `\n${(total(weights) / built.results).toFixed(2)} bytes for each result that was ever recorded, after ${built.days} days.`,
  );
  const after = (days: number) => grow(weights, built, sizes, days);
  const sums = (days: number) =>
    sizes.map((_, index) => after(days).reduce((sum, { bytes }) => sum + (bytes[index] ?? 0), 0));
  const oneYear = after(year).filter(({ bytes }) => Math.max(...bytes) >= 1e6);
  const { rawDays, hourDays } = defaultRetention;
  table(
    ["MB after a year", ...sizes.map((size) => `${number(size)} monitors`)],
    [
      ...oneYear.map(({ table: name, bytes }) => [name, ...bytes.map(megabytes)]),
      ["all", ...sums(year).map(megabytes)],
      [
        "of D1's 500 MB, free",
        ...sums(year).map((bytes) => `${number((100 * bytes) / freeBytes)} %`),
      ],
      [
        "of D1's 10 GB, paid",
        ...sums(year).map((bytes) => `${number((100 * bytes) / paidBytes)} %`),
      ],
      [
        "bytes for each result",
        ...sums(year).map((bytes, index) =>
          (bytes / (year * 1_440 * 3 * (sizes[index] ?? 1))).toFixed(2),
        ),
      ],
      [`all after ${hourDays} days`, ...sums(hourDays).map(megabytes)],
    ],
  );
  const series = weights.find(({ table: name }) => name === "metric_series")?.rows ?? 0;
  const metrics = after(year).find(({ table: name }) => name === "metric_rollups")?.bytes[0] ?? 0;
  console.log(
    `Computed from the bytes a row above, single results kept for ${rawDays} days, hours for ${hourDays}.\n` +
      `Metrics are ${series} series at every size: ${megabytes(metrics / Math.max(1, series))} MB a year each.`,
  );
}
