/** Who changed or did what by hand. Rows are only ever added: the database refuses all else. */
import { z } from "zod";

/** An entry as it is written. `before` and `after` are JSON without secrets, null for none. */
export interface AuditEntry {
  /** Epoch seconds. */
  readonly at: number;
  /** By which credential. */
  readonly who: string;
  /** As whom they present themselves. */
  readonly name: string;
  readonly action: string;
  readonly target: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly requestId: string | null;
}

/** An entry with its number. */
export interface NumberedEntry extends AuditEntry {
  readonly number: number;
}

/** Where a page ends: the entry after which the next one begins. */
export interface AuditPlace {
  readonly at: number;
  readonly number: number;
}

export interface AuditFilter {
  readonly who: string | null;
  readonly action: string | null;
  readonly target: string | null;
  /** Epoch seconds; from is inside, to is not. */
  readonly from: number;
  readonly to: number;
}

const rowSchema = z.object({
  number: z.int(),
  at: z.int(),
  who: z.string(),
  name: z.string(),
  action: z.string(),
  target: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  requestId: z.string().nullable(),
}) satisfies z.ZodType<NumberedEntry>;

/**
 * What adds an entry; to be run in the batch of the change that it tells of.
 *
 * @param onlyIfChanged only where the statement before it in the batch changed a row
 */
export function addAuditEntry(
  db: D1Database,
  entry: AuditEntry,
  onlyIfChanged = false,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO audit (at, who, name, action, target, before, after, request_id)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8${onlyIfChanged ? " WHERE changes() > 0" : ""}`,
    )
    .bind(
      entry.at,
      entry.who,
      entry.name,
      entry.action,
      entry.target,
      entry.before,
      entry.after,
      entry.requestId,
    );
}

/** The filter of which there are the fewest entries comes first: its index is read, and no other. */
const filters = [
  { field: "target", index: "audit_by_target" },
  { field: "who", index: "audit_by_who" },
  { field: "action", index: "audit_by_action" },
] as const;

/**
 * Reads entries, the newest first, at most `limit`.
 *
 * @param after where the page before ended; null for the newest
 */
export async function readAuditPage(
  db: D1Database,
  filter: AuditFilter,
  after: AuditPlace | null,
  limit: number,
): Promise<NumberedEntry[]> {
  const given = filters.filter(({ field }) => filter[field] !== null);
  const conditions = given.map(({ field }, index) => `AND ${field} = ?${index + 6}`);
  const { results } = await db
    .prepare(
      `SELECT number, at, who, name, action, target, before, after, request_id AS requestId
       FROM audit INDEXED BY ${given[0]?.index ?? "audit_by_time"}
       WHERE at >= ?1 AND at < ?2 AND at <= ?3 AND (at < ?3 OR number < ?4)
         ${conditions.join(" ")}
       ORDER BY at DESC, number DESC LIMIT ?5`,
    )
    .bind(
      filter.from,
      filter.to,
      after?.at ?? Number.MAX_SAFE_INTEGER,
      after?.number ?? Number.MAX_SAFE_INTEGER,
      limit,
      ...given.map(({ field }) => filter[field]),
    )
    .all();
  return z.array(rowSchema).parse(results);
}
