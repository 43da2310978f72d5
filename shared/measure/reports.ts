/** Making reports, and showing that a period gives the same numbers again. */
import { z } from "zod";
import type { Verification } from "../contract/api/reports.ts";
import {
  type ReportBasis,
  type ReportDocument,
  reportBasisSchema,
  reportDocumentSchema,
} from "../contract/report.ts";
import type { Plan } from "../domain/plan.ts";
import { readHead } from "../storage/ledger.ts";
import {
  keepReport,
  type PackedReport,
  type ReportPeriod,
  readNewestEdition,
  readPlanRevision,
  type StoredReport,
} from "../storage/reports.ts";
import { readFacts } from "./facts.ts";
import { basisOf } from "./report-basis.ts";
import { differencesOf } from "./report-differences.ts";
import { canonicalJson, digestOf, pack, sha256, unpack } from "./report-digest.ts";
import { reportDocument } from "./report-document.ts";
import { reasonsOf } from "./report-reasons.ts";

/** A report as it was computed. */
interface Computed {
  readonly document: ReportDocument;
  readonly basis: ReportBasis;
  readonly digest: string;
}

/** What became of a report that was asked for. */
export type ReportMade =
  | { readonly kind: "made"; readonly number: number; readonly edition: number }
  /** The newest edition has the same numbers, or somebody else was faster. */
  | { readonly kind: "already-there"; readonly number: number; readonly edition: number };

/** Who asks for a report, and when. */
export interface Order {
  readonly by: string;
  /** Epoch seconds. */
  readonly at: number;
  /** Whether a period that has a report gets another edition if its numbers are other ones now. */
  readonly again: boolean;
}

/**
 * Makes the report of a period that is over.
 *
 * @throws where the database fails
 */
export async function makeReport(
  db: D1Database,
  plan: Plan,
  of: ReportPeriod,
  { by, at, again }: Order,
): Promise<ReportMade> {
  const newest = await readNewestEdition(db, of);
  if (newest && !again) return { ...nameOf(newest), kind: "already-there" };
  const { document, basis, digest } = await compute(db, plan, of);
  if (newest && newest.digest === digest) return { ...nameOf(newest), kind: "already-there" };
  const edition = (newest?.edition ?? 0) + 1;
  const kept = await keepReport(db, {
    ...of,
    edition,
    madeAt: at,
    madeBy: by,
    basis: canonicalJson(basis),
    digest,
    packed: await pack(canonicalJson(document)),
  });
  return { kind: kept.kind === "kept" ? "made" : "already-there", number: kept.number, edition };
}

const parsedJson = z.string().transform((text): unknown => JSON.parse(text));

/** What a report was computed from, as it is stored. Throws where it does not parse. */
export function basisOfStored({ basis }: StoredReport): ReportBasis {
  return parsedJson.pipe(reportBasisSchema).parse(basis);
}

/** A stored document. Throws where it does not parse. */
export async function documentOfStored({ packed }: PackedReport): Promise<ReportDocument> {
  return parsedJson.pipe(reportDocumentSchema).parse(await unpack(packed));
}

/** So many differences are shown. */
const mostDifferences = 50;

/**
 * Computes a report again, by the plan of then and the data of now, and compares.
 *
 * @throws where the database fails
 */
export async function verifyReport(db: D1Database, stored: PackedReport): Promise<Verification> {
  const { report } = stored;
  const was = basisOfStored(report);
  const text = await unpack(stored.packed);
  const plan = await readPlanRevision(db, was.planRevision);
  if (plan === null) throw new RangeError(`the plan's revision ${was.planRevision} is gone`);
  const now = await compute(db, plan, report);
  const intact = (await sha256(text)) === report.digest;
  const same = intact && now.digest === report.digest;
  const differences = same ? [] : differencesOf(JSON.parse(text), now.document);
  return {
    number: report.number,
    same,
    intact,
    digest: { stored: report.digest, now: now.digest },
    reasons: same ? [] : await reasonsOf(db, report, { was, is: now.basis, intact }),
    differences: differences.slice(0, mostDifferences),
    moreDifferences: Math.max(0, differences.length - mostDifferences),
    basis: { stored: was, now: now.basis },
  };
}

/**
 * Nothing but the plan, the period and what is recorded of it goes in. The period counts as known
 * to its end: what was not recorded of it is unknown.
 */
async function compute(db: D1Database, plan: Plan, of: ReportPeriod): Promise<Computed> {
  const { version: ledgerVersion } = await readHead(db);
  const facts = await readFacts(db, { now: of.period.to, plan, lastSpans: [] }, of.period);
  const document = reportDocument(of, facts);
  const [basis, digest] = await Promise.all([basisOf(facts, ledgerVersion), digestOf(document)]);
  return { document, basis, digest };
}

function nameOf({ number, edition }: StoredReport) {
  return { number, edition };
}
