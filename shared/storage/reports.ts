/** Reports as they were made. None is ever changed: other numbers are another edition. */
import { z } from "zod";
import { planDocumentSchema } from "../contract/plan.ts";
import type { Plan } from "../domain/plan.ts";
import { type ReportKind, reportKinds } from "../domain/report.ts";
import type { Span } from "../domain/span.ts";

/** What a report is of. */
export interface ReportPeriod {
  readonly kind: ReportKind;
  /** Of the IANA database. */
  readonly zone: string;
  readonly period: Span;
}

/** A report without its document. Times in epoch seconds. */
export interface StoredReport extends ReportPeriod {
  readonly number: number;
  /** From 1; a period that gave other numbers later has more than one. */
  readonly edition: number;
  readonly madeAt: number;
  readonly madeBy: string;
  /** JSON: what it was computed from. */
  readonly basis: string;
  /** SHA-256 of the document's canonical JSON, in hexadecimal. */
  readonly digest: string;
}

/** A report to be kept. */
export interface NewReport extends Omit<StoredReport, "number"> {
  /** The document, packed. */
  readonly packed: string;
}

const columns =
  "number, kind, zone, from_time, to_time, edition, made_at, made_by, basis, digest" as const;

const reportRowSchema = z
  .object({
    number: z.int(),
    kind: z.enum(reportKinds),
    zone: z.string(),
    from_time: z.int(),
    to_time: z.int(),
    edition: z.int(),
    made_at: z.int(),
    made_by: z.string(),
    basis: z.string(),
    digest: z.string(),
  })
  .transform(
    (row): StoredReport => ({
      number: row.number,
      kind: row.kind,
      zone: row.zone,
      period: { from: row.from_time, to: row.to_time },
      edition: row.edition,
      madeAt: row.made_at,
      madeBy: row.made_by,
      basis: row.basis,
      digest: row.digest,
    }),
  );

/** Which reports, and from where on. */
export interface ReportFilter {
  /** Null: of every kind. */
  readonly kind: ReportKind | null;
  /** Only numbers below it, for paging; null for the newest. */
  readonly before: number | null;
}

/**
 * Reads reports without their documents, newest first. Of one kind it may pass over others: there
 * are few a day.
 *
 * @param limit at most so many
 */
export async function readReportPage(
  db: D1Database,
  { kind, before }: ReportFilter,
  limit: number,
): Promise<StoredReport[]> {
  const { results } = await db
    .prepare(
      `SELECT ${columns} FROM reports
       WHERE number < ?1 ${kind === null ? "" : "AND kind = ?3"}
       ORDER BY number DESC LIMIT ?2`,
    )
    .bind(before ?? Number.MAX_SAFE_INTEGER, limit, ...(kind === null ? [] : [kind]))
    .all();
  return z.array(reportRowSchema).parse(results);
}

/** A report with its document, packed. */
export interface PackedReport {
  readonly report: StoredReport;
  readonly packed: string;
}

const partRows = z.array(z.object({ body: z.string() }));

/** Reads one report; null where there is none of that number. */
export async function readReport(db: D1Database, number: number): Promise<PackedReport | null> {
  const [reports, parts] = await db.batch([
    db.prepare(`SELECT ${columns} FROM reports WHERE number = ?1`).bind(number),
    db.prepare("SELECT body FROM report_parts WHERE report = ?1 ORDER BY part").bind(number),
  ]);
  const [report] = z.array(reportRowSchema).parse(reports?.results);
  if (!report) return null;
  const packed = partRows
    .parse(parts?.results)
    .map(({ body }) => body)
    .join("");
  return { report, packed };
}

/** Reads the newest edition of a period's report; null where it has none. */
export async function readNewestEdition(
  db: D1Database,
  { kind, zone, period }: ReportPeriod,
): Promise<StoredReport | null> {
  const row = await db
    .prepare(
      `SELECT ${columns} FROM reports WHERE kind = ?1 AND zone = ?2 AND from_time = ?3
       ORDER BY edition DESC LIMIT 1`,
    )
    .bind(kind, zone, period.from)
    .first();
  return row === null ? null : reportRowSchema.parse(row);
}

const untilRows = z.array(z.object({ kind: z.enum(reportKinds), to_time: z.int() }));

/** The end of the last reported period of each kind in a zone: one row a kind. */
export async function readReportedUntil(
  db: D1Database,
  zone: string,
): Promise<ReadonlyMap<ReportKind, number>> {
  const { results } = await db
    .prepare(
      `SELECT reports.kind, reports.to_time
       FROM json_each(?2) AS kinds
       CROSS JOIN reports ON reports.kind = kinds.value AND reports.zone = ?1
         AND reports.from_time = (
           SELECT max(last.from_time) FROM reports AS last
           WHERE last.kind = kinds.value AND last.zone = ?1
         )`,
    )
    .bind(zone, JSON.stringify(reportKinds))
    .all();
  return new Map(untilRows.parse(results).map(({ kind, to_time }) => [kind, to_time]));
}

/** What became of a report that was to be kept. */
export type Kept =
  | { readonly kind: "kept"; readonly number: number }
  /** Somebody else was faster; theirs stands. */
  | { readonly kind: "already-there"; readonly number: number };

/** Characters in a part: base64 is ASCII, and a row holds 2 MB. */
const partLength = 1_000_000;

const numberSchema = z.object({ number: z.int() });

/** Keeps a report, in one batch; one of the same period and edition stays as it is. */
export async function keepReport(db: D1Database, report: NewReport): Promise<Kept> {
  const key = [report.kind, report.zone, report.period.from, report.edition] as const;
  const parts: string[] = [];
  for (let at = 0; at < report.packed.length; at += partLength) {
    parts.push(report.packed.slice(at, at + partLength));
  }
  const [inserted] = await db.batch([
    db
      .prepare(
        `INSERT INTO reports (kind, zone, from_time, to_time, edition, made_at, made_by, basis,
           digest)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING`,
      )
      .bind(
        report.kind,
        report.zone,
        report.period.from,
        report.period.to,
        report.edition,
        report.madeAt,
        report.madeBy,
        report.basis,
        report.digest,
      ),
    // Parts that are there belong to who was faster.
    ...parts.map((body, part) =>
      db
        .prepare(
          `INSERT INTO report_parts (report, part, body)
           SELECT number, ?5, ?6 FROM reports
           WHERE kind = ?1 AND zone = ?2 AND from_time = ?3 AND edition = ?4
             AND digest = ?7 AND made_at = ?8
           ON CONFLICT DO NOTHING`,
        )
        .bind(...key, part, body, report.digest, report.madeAt),
    ),
  ]);
  const row = await db
    .prepare(
      "SELECT number FROM reports WHERE kind = ?1 AND zone = ?2 AND from_time = ?3 AND edition = ?4",
    )
    .bind(...key)
    .first();
  const { number } = numberSchema.parse(row);
  return { kind: inserted?.meta.changes === 0 ? "already-there" : "kept", number };
}

const planRowSchema = z.object({ document: z.string() });

/** Reads the plan that a revision was, so that a report can be computed again by it. */
export async function readPlanRevision(db: D1Database, revision: number): Promise<Plan | null> {
  const row = await db
    .prepare("SELECT document FROM plans WHERE revision = ?1")
    .bind(revision)
    .first();
  if (row === null) return null;
  const { document } = planRowSchema.parse(row);
  return { ...planDocumentSchema.parse(JSON.parse(document)), revision };
}

const sinceSchema = z.object({ since: z.int().nullable() });

/** The first moment that any region covered, epoch seconds; null where none ever did. */
export async function readKnownSince(db: D1Database): Promise<number | null> {
  // One seek for each region and step.
  const row = await db
    .prepare(
      `SELECT min(first) AS since FROM (
         SELECT (SELECT min(from_time) FROM coverage
                 WHERE region = regions.number AND step = steps.step) AS first
         FROM regions CROSS JOIN (SELECT 60 AS step UNION ALL SELECT 10) AS steps)`,
    )
    .first();
  return sinceSchema.parse(row).since;
}

const countSchema = z.object({ count: z.int() });

/**
 * Counts changes of status in a period that were decided after a time (epoch seconds): by key, one
 * seek for each status kept and a row for each change.
 */
export async function countLateDecisions(
  db: D1Database,
  period: Span,
  after: number,
): Promise<number> {
  const row = await db
    .prepare(
      `SELECT count(*) AS count FROM statuses
       CROSS JOIN transitions ON transitions.monitor = statuses.monitor
         AND transitions.scope = statuses.scope
         AND transitions.at >= ?1 AND transitions.at < ?2
       WHERE transitions.decided_at > ?3`,
    )
    .bind(period.from, period.to, after)
    .first();
  return countSchema.parse(row).count;
}
