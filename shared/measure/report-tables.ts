/** The tables of a printed report. */
import type { ReportDocument } from "../contract/report.ts";
import { type Html, html } from "./html.ts";
import {
  countsInWords,
  duration,
  fractionAsPercent,
  grouped,
  inUnit,
  milliseconds,
  nothing,
  percent,
  targetInWords,
  type ZoneWords,
} from "./report-words.ts";

type Cell = Html | string;

/** A column's heading; those of numbers are set to the right. */
interface Column {
  readonly name: string;
  readonly align?: "right" | "words" | "time";
}

export function kpiTable({ kpis }: ReportDocument): Html {
  const rows = kpis.map((kpi) => [
    html`${kpi.name}`,
    kpi.value === null ? nothing : inUnit(kpi.value, kpi.unit),
    targetInWords(kpi),
    kpi.target === null ? nothing : mark(kpi.met),
    html`${kpi.reason === null ? "" : `Not known: ${kpi.reason}. `}<span class="soft">${countsInWords(kpi.from)}</span>`,
  ]);
  return table(
    "Indicators",
    [{ name: "Indicator" }, number("Value"), number("Target"), { name: "Met" }, words("From")],
    rows,
  );
}

export function groupTable({ groups }: ReportDocument): Html {
  const rows = groups.map(({ name, monitors, figures }) => [
    html`${name}`,
    grouped(monitors),
    percent(figures.percent),
    duration(figures.downSeconds),
    grouped(figures.outages),
    duration(figures.unknownSeconds),
  ]);
  const columns = ["Monitors", "Availability", "Down", "Outages", "Unknown"].map(number);
  return table("Groups", [{ name: "Group" }, ...columns], rows);
}

export function regionTable({ regions }: ReportDocument): Html {
  const rows = regions.map(({ id, figures, latency }) => [
    html`${id}`,
    percent(figures.percent),
    duration(figures.downSeconds),
    grouped(figures.outages),
    duration(figures.unknownSeconds),
    fractionAsPercent(coverage(figures), 2),
    milliseconds(latency.p95),
  ]);
  const columns = ["Availability", "Down", "Outages", "Unknown", "Coverage", "p95"].map(number);
  return table("Regions", [{ name: "As seen from" }, ...columns], rows);
}

export function monitorTable({ monitors }: ReportDocument): Html {
  const rows = monitors.map(({ id, name, target, met, figures, budget }) => [
    html`${name}<small>${id}</small>`,
    percent(figures.percent),
    html`${fractionAsPercent(target)}<br>${mark(met)}`,
    html`${fractionAsPercent(budget.leftFraction, 1)}${bar(budget.leftFraction)}`,
    duration(figures.downSeconds),
    grouped(figures.outages),
    duration(figures.longestOutageSeconds),
    duration(figures.mttrSeconds),
    duration(figures.mtbfSeconds),
    duration(figures.unknownSeconds),
    fractionAsPercent(coverage(figures), 2),
  ]);
  const columns = [
    "Availability",
    "Target",
    "Error budget left",
    "Down",
    "Outages",
    "Longest",
    "MTTR",
    "MTBF",
    "Unknown",
    "Coverage",
  ].map(number);
  return table("Monitors", [{ name: "Monitor" }, ...columns], rows);
}

export function regionMatrix({ monitors, regions }: ReportDocument): Html {
  const rows = monitors.map((monitor) => [
    html`${monitor.name}`,
    ...regions.map(({ id }) => {
      const region = monitor.regions.find((one) => one.id === id);
      return region ? percent(region.figures.percent) : nothing;
    }),
  ]);
  const columns = [{ name: "Monitor" }, ...regions.map(({ id }) => number(id))];
  return table("Availability by region", columns, rows);
}

export function latencyTable({ monitors, latencyFrom }: ReportDocument, zone: ZoneWords): Html {
  const rows = monitors.map(({ name, latency }) => [
    html`${name}`,
    grouped(latency.count),
    ...[latency.average, latency.p50, latency.p90, latency.p95, latency.p99].map(milliseconds),
  ]);
  const columns = ["Responses", "Average", "p50", "p90", "p95", "p99"].map(number);
  const { resolution, from, to, relativeError } = latencyFrom;
  const exactness =
    relativeError > 0
      ? `Percentiles are within ${fractionAsPercent(relativeError)} of the exact ones`
      : "Percentiles are exact";
  return html`<p class="soft">${exactness}; from ${resolution}, ${zone.moment(from)} to ${zone.moment(to)}. Failed checks have no response time.</p>
${table("Response times", [{ name: "Monitor" }, ...columns], rows)}`;
}

export function outageTable({ outages }: ReportDocument, zone: ZoneWords): Html {
  if (outages.total === 0) return html`<p>There was none.</p>`;
  const rows = outages.listed.map((outage) => {
    const { cause, endedAt, falseAlarm, monitor, reopenings } = outage;
    const notes = [
      ...(falseAlarm ? ["marked as a false alarm"] : []),
      ...(reopenings !== null && reopenings > 0
        ? [reopenings === 1 ? "taken up again once" : `taken up again ${reopenings} times`]
        : []),
    ];
    return [
      html`${monitor.name ?? monitor.id}<small>#${outage.number}</small>`,
      zone.moment(outage.startedAt),
      endedAt === null ? "after the period" : zone.moment(endedAt),
      duration(outage.secondsInPeriod),
      html`${cause === null ? nothing : `${cause.reason}: ${cause.detail}`}${
        cause === null || cause.regions.length === 0
          ? ""
          : html` <span class="soft">(${cause.regions.join(", ")})</span>`
      }${notes.length > 0 ? html` <small>${notes.join(", ")}</small>` : ""}`,
    ];
  });
  const left = outages.total - outages.listed.length;
  const columns = [
    { name: "Monitor" },
    time("Began"),
    time("Ended"),
    number("In the period"),
    words("Cause"),
  ];
  return html`${table("Outages", columns, rows)}${
    left > 0 ? html`<p class="soft">And ${grouped(left)} shorter ones.</p>` : ""
  }`;
}

export function exclusionTable({ exclusions }: ReportDocument, zone: ZoneWords): Html {
  if (exclusions.length === 0) return html`<p>No time was excluded.</p>`;
  const rows = exclusions.map(({ kind, name, from, to, monitors }) => [
    html`${name}<small>${kind}</small>`,
    zone.moment(from),
    zone.moment(to),
    duration((Date.parse(to) - Date.parse(from)) / 1000),
    grouped(monitors),
  ]);
  const columns = [{ name: "Window" }, time("From"), time("To")];
  return table("Excluded time", [...columns, number("Length"), number("Monitors")], rows);
}

const classes = { right: "n", words: "words", time: "t" } as const;

function table(label: string, columns: readonly Column[], rows: readonly Cell[][]): Html {
  if (rows.length === 0) return html`<p>There is none.</p>`;
  const classOf = (column: Column | undefined) =>
    column?.align === undefined ? "" : classes[column.align];
  const heads = columns.map(
    (one) => html`<th scope="col" class="${classOf(one)}">${one.name}</th>`,
  );
  const lines = rows.map(([first = "", ...cells]) => {
    const rest = cells.map(
      (cell, index) => html`<td class="${classOf(columns[index + 1])}">${cell}</td>`,
    );
    return html`<tr><th scope="row">${first}</th>${rest}</tr>\n`;
  });
  return html`<div class="wide" role="region" aria-label="${label}" tabindex="0"><table>
<thead><tr>${heads}</tr></thead>
<tbody>
${lines}</tbody>
</table></div>`;
}

function number(name: string): Column {
  return { name, align: "right" };
}

function time(name: string): Column {
  return { name, align: "time" };
}

function words(name: string): Column {
  return { name, align: "words" };
}

function mark(met: boolean | null): Html {
  if (met === null) return html`<span class="mark none">not known</span>`;
  return met
    ? html`<span class="mark met">met</span>`
    : html`<span class="mark missed">missed</span>`;
}

/** What is left of an error budget, drawn; an overspent one is all spent. */
function bar(left: number | null): Html {
  if (left === null) return html``;
  const width = Math.round(Math.max(0, Math.min(1, left)) * 100);
  const fill = left > 0 ? "fill-met" : "fill-missed";
  const filled = left > 0 ? width : 100;
  return html`<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="rail" width="100" height="10"/><rect class="${fill}" width="${filled}" height="10"/></svg>`;
}

function coverage(figures: { expectedChecks: number; coveredChecks: number }): number | null {
  return figures.expectedChecks > 0 ? figures.coveredChecks / figures.expectedChecks : null;
}
