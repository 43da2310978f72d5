/** What the tables of a database weigh, and what they will weigh after a year. */
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { defaultRetention } from "../../shared/domain/retention.ts";
import { day, hour } from "../../shared/domain/rollup.ts";
import type { Built } from "./read-build.ts";
import { regions } from "./read-world.ts";

/** One table, its indexes with it; rollups of hours and of days apart. */
export interface Weight {
  readonly table: string;
  readonly rows: number;
  /** Whole pages, of which some may not be full. */
  readonly bytes: number;
}

/** A table after some time, in bytes by number of monitors. */
export interface Grown {
  readonly table: string;
  readonly bytes: readonly number[];
}

const schemaRows = z.array(z.object({ name: z.string(), tbl_name: z.string() }));
const pageRows = z.array(z.object({ name: z.string(), bytes: z.number() }));
const leafRows = z.array(z.object({ pagetype: z.string(), ncell: z.int(), pgsize: z.int() }));
const countRow = z.object({ rows: z.int() });

/** Weighs every table in a database's file, heaviest first. No workerd may run on it. */
export function weigh(file: string): Weight[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const count = (sql: string) => countRow.parse(database.prepare(sql).get()).rows;
    const owners = new Map(
      schemaRows
        .parse(database.prepare("SELECT name, tbl_name FROM sqlite_schema").all())
        .map(({ name, tbl_name }) => [name, tbl_name]),
    );
    const bytes = new Map<string, number>();
    const pages = database.prepare("SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name");
    for (const page of pageRows.parse(pages.all())) {
      const table = owners.get(page.name) ?? "sqlite_schema";
      bytes.set(table, (bytes.get(table) ?? 0) + page.bytes);
    }
    return [...bytes]
      .flatMap(([table, all]): Weight[] => {
        if (table !== "rollups") {
          return [{ table, rows: count(`SELECT count(*) AS rows FROM "${table}"`), bytes: all }];
        }
        const rows = count("SELECT count(*) AS rows FROM rollups");
        const hours = count(`SELECT count(*) AS rows FROM rollups WHERE step = ${hour}`);
        const ofHours = Math.round(all * shareOfFirst(database, hours / rows));
        return [
          { table: "rollups, hours", rows: hours, bytes: ofHours },
          { table: "rollups, days", rows: rows - hours, bytes: all - ofHours },
        ];
      })
      .sort((a, b) => b.bytes - a.bytes);
  } finally {
    database.close();
  }
}

/** Which part of the pages of rollups holds a part of its rows, the first in order of the key. */
function shareOfFirst(database: DatabaseSync, part: number): number {
  const pages = leafRows.parse(
    database
      .prepare("SELECT pagetype, ncell, pgsize FROM dbstat WHERE name = 'rollups' ORDER BY path")
      .all(),
  );
  const leaves = pages.filter(({ pagetype }) => pagetype === "leaf");
  const total = leaves.reduce((sum, { ncell }) => sum + ncell, 0);
  let [cells, first] = [0, 0];
  for (const { ncell } of leaves) {
    if (cells >= total * part) break;
    cells += ncell;
    first += 1;
  }
  return leaves.length === 0 ? 0 : first / leaves.length;
}

/** How many rows a table has after so many days of so many monitors; null: as many as measured. */
type Rows = (measured: Weight, built: Built, monitors: number, days: number) => number;

/** Rows that come in at the measured pace, and stay. */
const everyDay = ({ rows }: Weight, built: Built, days: number) => (rows / built.days) * days;
const perMonitor: Rows = (measured, built, monitors, days) =>
  (everyDay(measured, built, days) * monitors) / built.monitors;
const series = (monitors: number) => monitors * regions.length;
const { rawDays, hourDays, dayDays } = defaultRetention;
const minutesOfDay = day / 60;

const rules: Readonly<Record<string, Rows>> = {
  results: (_, __, monitors, days) => series(monitors) * minutesOfDay * Math.min(days, rawDays),
  "rollups, hours": (_, __, monitors, days) => series(monitors) * 24 * Math.min(days, hourDays),
  "rollups, days": (_, __, monitors, days) => series(monitors) * Math.min(days, dayDays),
  transitions: perMonitor,
  outages: perMonitor,
  statuses: ({ rows }, built, monitors) => (rows * monitors) / built.monitors,
  monitors: ({ rows }, built, monitors) => (rows * monitors) / built.monitors,
  // A report has a line for each monitor: as many parts, each longer.
  report_parts: perMonitor,
  reports: (measured, built, _, days) => everyDay(measured, built, days),
  coverage: (measured, built, _, days) => everyDay(measured, built, days),
  health_days: (measured, built, _, days) => everyDay(measured, built, days),
  // Points are kept as long as single results.
  metric_points: ({ rows }, built, _, days) =>
    (rows / (built.rawDays === "all" ? built.days : Math.min(built.days, built.rawDays))) *
    Math.min(days, rawDays),
  metric_rollups: (measured, built, _, days) => everyDay(measured, built, days),
};

/** What the tables come to after so many days, for several sizes of plan, by what a row weighs. */
export function grow(
  weights: readonly Weight[],
  built: Built,
  sizes: readonly number[],
  days: number,
): Grown[] {
  return weights.map((weight) => {
    const rule = rules[weight.table];
    const bytesPerRow = weight.rows === 0 ? 0 : weight.bytes / weight.rows;
    const bytes = sizes.map((monitors) =>
      rule === undefined ? weight.bytes : rule(weight, built, monitors, days) * bytesPerRow,
    );
    return { table: weight.table, bytes };
  });
}
