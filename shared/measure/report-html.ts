/**
 * A report as one page to read and to print: no script, nothing fetched, everything that comes from
 * outside escaped.
 */
import type { ReportBasis, ReportDocument } from "../contract/report.ts";
import { Html, html } from "./html.ts";
import { reportStyle } from "./report-style.ts";
import {
  exclusionTable,
  groupTable,
  kpiTable,
  latencyTable,
  monitorTable,
  outageTable,
  regionMatrix,
  regionTable,
} from "./report-tables.ts";
import {
  duration,
  fractionAsPercent,
  grouped,
  milliseconds,
  percent,
  reportTitle,
  type ZoneWords,
  zoneWords,
} from "./report-words.ts";

/** Where a report comes from: what is said of it, and does not stand in its document. */
export interface Provenance {
  readonly number: number;
  readonly edition: number;
  /** ISO 8601. */
  readonly madeAt: string;
  readonly madeBy: string;
  readonly digest: string;
  readonly basis: ReportBasis;
}

/** The page. */
export function reportHtml(report: ReportDocument, provenance: Provenance): string {
  const words = zoneWords(report.zone);
  const title = words.period(report.kind, report.name, report.period.from);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${reportTitle(report.kind)} – ${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
<p class="kind">${reportTitle(report.kind)}</p>
<h1>${title}</h1>
<p class="soft">${words.moment(report.period.from)} to ${words.moment(report.period.to)}, ${report.zone}</p>
</header>
${summary(report)}
${section("Indicators", kpiTable(report))}
${section("Groups", groupTable(report))}
${section("Regions", regionTable(report))}
${section("Monitors", monitorTable(report))}
${section("Availability by region", regionMatrix(report))}
${section("Response times", latencyTable(report, words))}
${section("Outages", outageTable(report, words))}
${section("Excluded time", exclusionTable(report, words))}
${about(report, provenance, words)}
</main>
</body>
</html>
`;
  return page.text;
}

/** The one source of style that a policy has to allow (Content-Security-Policy, style-src). */
export async function reportStyleSource(): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(reportStyle));
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
}

// Ours, and free of anything that could end the element.
const style = new Html(reportStyle);

function section(title: string, content: Html): Html {
  return html`<section><h2>${title}</h2>${content}</section>`;
}

function summary({ total, outages }: ReportDocument): Html {
  const { figures, latency, met, missed, monitors, notKnown } = total;
  const tile = (name: string, value: string, more: string) =>
    html`<div><dt>${name}</dt><dd>${value}<small>${more}</small></dd></div>`;
  const covered =
    figures.expectedChecks > 0 ? figures.coveredChecks / figures.expectedChecks : null;
  return html`<p class="verdict">${verdict(monitors, met, missed, notKnown)}</p>
<dl class="tiles">
${tile("Availability", percent(figures.percent), "all monitors together")}
${tile("Targets kept", `${met} of ${monitors}`, `${missed} missed, ${notKnown} not known`)}
${tile("Down", duration(figures.downSeconds), `${grouped(figures.outages)} outages`)}
${tile("Outages", grouped(outages.total), `mean recovery ${duration(figures.mttrSeconds)}`)}
${tile("Responses, p95", milliseconds(latency.p95), `average ${milliseconds(latency.average)}`)}
${tile("Coverage", fractionAsPercent(covered, 2), `${duration(figures.unknownSeconds)} unknown`)}
</dl>`;
}

function verdict(monitors: number, met: number, missed: number, notKnown: number): string {
  if (monitors === 0) return "Nothing was monitored in this period.";
  const unknown = notKnown > 0 ? ` Of ${notKnown} nothing is known.` : "";
  if (missed > 0) return `${missed} of ${monitors} monitors missed their target.${unknown}`;
  if (met === 0) return "Nothing is known of this period.";
  return met === monitors
    ? `All ${monitors} monitors kept their target.`
    : `${met} of ${monitors} monitors kept their target, none missed it.${unknown}`;
}

function about(report: ReportDocument, provenance: Provenance, words: ZoneWords): Html {
  const { basis } = provenance;
  const row = (name: string, value: string | number) => html`<dt>${name}</dt><dd>${value}</dd>`;
  return html`<section><h2>About these numbers</h2>
<p>Availability is the time up over the time up or down, to the second; degraded counts as up.
Excluded time counts for nothing. Time in which nobody was looking is unknown: it is counted neither
as up nor as down, and told apart. In what is said of several monitors, each second of one counts as
often as its weight says.</p>
<div class="about"><dl>
${row("Report", `${provenance.number}, edition ${provenance.edition}`)}
${row("Made", `${words.moment(provenance.madeAt)} (${report.zone}) by ${provenance.madeBy}`)}
${row("Computed by", `version ${basis.software}, plan revision ${basis.planRevision}, ledger version ${basis.ledgerVersion}`)}
${row("SHA-256 of its canonical JSON (RFC 8785)", provenance.digest)}
</dl></div></section>`;
}
