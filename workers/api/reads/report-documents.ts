/** Reports as the API tells of them. */
import type { ReportHead, ReportQuery } from "../../../shared/contract/api/reports.ts";
import { reportPeriodName } from "../../../shared/domain/report.ts";
import { instant } from "../../../shared/instant.ts";
import { windowDocument } from "../../../shared/measure/window.ts";
import {
  type PackedReport,
  readReport,
  readReportPage,
  type StoredReport,
} from "../../../shared/storage/reports.ts";
import { ProblemError } from "../problems.ts";
import { fromDatabase } from "./from-database.ts";

/** What is said of a report beside its document. */
export function reportHead(report: StoredReport): ReportHead {
  const { number, kind, zone, period, edition, madeAt, madeBy, digest } = report;
  return {
    number,
    kind,
    zone,
    name: reportPeriodName(kind, zone, period),
    period: windowDocument(period),
    edition,
    madeAt: instant(madeAt),
    madeBy,
    digest,
  };
}

/** Reads one page as a query asks for it; `next` is where the page after it begins. */
export async function readHeads(
  db: D1Database,
  { kind, limit, cursor }: ReportQuery,
): Promise<{ reports: ReportHead[]; next: number | null }> {
  // One more than asked for tells whether there is another page.
  const filter = { kind: kind ?? null, before: cursor ?? null };
  const found = await fromDatabase(readReportPage(db, filter, limit + 1));
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return { reports: page.map(reportHead), next: found.length > limit && last ? last.number : null };
}

/**
 * Reads one report.
 *
 * @throws ProblemError `not-found`
 */
export async function readNumbered(db: D1Database, number: number): Promise<PackedReport> {
  const found = await fromDatabase(readReport(db, number));
  if (found === null) throw new ProblemError("not-found", `There is no report ${number}.`);
  return found;
}
