/** Reports as CSV (RFC 4180), safe to open in a spreadsheet. */
import type { CsvTable } from "../contract/csv-tables.ts";
import type { Figures, Latency, ReportDocument } from "../contract/report.ts";

type Cell = string | number | boolean | null;

/** One table of a report. Lines end in CRLF; the first names the columns. */
export function reportCsv(report: ReportDocument, table: CsvTable): string {
  return [...tables[table](report)].map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}

/**
 * A cell. A text that a spreadsheet would take for a formula gets an apostrophe in front: names and
 * what targets answered come from outside (OWASP, CSV Injection).
 */
export function csvCell(value: Cell): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const safe = /^[\s\0]*[=+\-@＝＋－＠]|^[\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n\t']|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const tables: Readonly<Record<CsvTable, (report: ReportDocument) => Generator<Cell[]>>> = {
  *availability(report) {
    yield availabilityColumns;
    const { total, groups, regions, monitors } = report;
    const row = (
      level: string,
      names: Cell[],
      promise: Cell[],
      figures: Figures,
      latency: Cell[],
    ) => [...periodCells(report), level, ...names, ...promise, ...figureCells(figures), ...latency];
    const none: Cell[] = [null, null, null];
    yield row("total", [null, null, null, null], none, total.figures, latencyCells(total.latency));
    for (const { name, figures } of groups) {
      yield row("group", [null, null, name, null], none, figures, noLatency);
    }
    for (const { id, figures, latency } of regions) {
      yield row("region", [null, null, null, id], none, figures, latencyCells(latency));
    }
    for (const monitor of monitors) {
      const { id, name, group, target, met, budget } = monitor;
      const promise = [percentOf(target), met, percentOf(budget.leftFraction)];
      const latency = latencyCells(monitor.latency);
      yield row("monitor", [id, name, group, null], promise, monitor.figures, latency);
      for (const region of monitor.regions) {
        const names = [id, name, group, region.id];
        yield row("monitor in region", names, none, region.figures, latencyCells(region.latency));
      }
    }
  },
  *outages(report) {
    yield [
      ...periodColumns,
      "outage",
      "monitor",
      "name",
      "started_at",
      "detected_at",
      "ended_at",
      "seconds_in_period",
      "reopenings",
      "reason",
      "detail",
      "regions",
      "false_alarm",
    ];
    for (const outage of report.outages.listed) {
      yield [
        ...periodCells(report),
        outage.number,
        outage.monitor.id,
        outage.monitor.name,
        outage.startedAt,
        outage.detectedAt,
        outage.endedAt,
        outage.secondsInPeriod,
        outage.reopenings,
        outage.cause?.reason ?? null,
        outage.cause?.detail ?? null,
        outage.cause?.regions.join(" ") ?? null,
        outage.falseAlarm,
      ];
    }
  },
  *kpis(report) {
    yield [...periodColumns, "kpi", "name", "value", "unit", "bound", "target", "met", "reason"];
    for (const { id, name, value, unit, target, met, reason } of report.kpis) {
      const bound = target?.bound ?? null;
      yield [
        ...periodCells(report),
        ...[id, name, value, unit, bound, target?.value ?? null, met, reason],
      ];
    }
  },
  *exclusions(report) {
    yield [...periodColumns, "exclusion", "name", "excluded_from", "excluded_to", "monitors"];
    for (const { kind, name, from, to, monitors } of report.exclusions) {
      yield [...periodCells(report), kind, name, from, to, monitors];
    }
  },
};

const periodColumns = ["kind", "period", "zone", "from", "to"];

const availabilityColumns = [
  ...periodColumns,
  "level",
  "monitor",
  "name",
  "group",
  "region",
  "target_percent",
  "met",
  "budget_left_percent",
  "availability_percent",
  "worst_percent",
  "best_percent",
  "up_seconds",
  "degraded_seconds",
  "down_seconds",
  "unknown_seconds",
  "excluded_seconds",
  "outages",
  "longest_outage_seconds",
  "mttr_seconds",
  "mtbf_seconds",
  "expected_checks",
  "covered_checks",
  "responses",
  "average_ms",
  "p50_ms",
  "p90_ms",
  "p95_ms",
  "p99_ms",
];

function periodCells({ kind, name, zone, period }: ReportDocument): Cell[] {
  return [kind, name, zone, period.from, period.to];
}

function figureCells(figures: Figures): Cell[] {
  return [
    figures.percent,
    percentOf(figures.worst),
    percentOf(figures.best),
    figures.upSeconds,
    figures.degradedSeconds,
    figures.downSeconds,
    figures.unknownSeconds,
    figures.excludedSeconds,
    figures.outages,
    figures.longestOutageSeconds,
    figures.mttrSeconds,
    figures.mtbfSeconds,
    figures.expectedChecks,
    figures.coveredChecks,
  ];
}

function latencyCells({ count, average, p50, p90, p95, p99 }: Latency): Cell[] {
  return [count, average, p50, p90, p95, p99];
}

const noLatency: Cell[] = [null, null, null, null, null, null];

/** A fraction in percent, to 4 decimals. */
function percentOf(fraction: number | null): number | null {
  return fraction === null ? null : Math.round(fraction * 1e6) / 1e4;
}
