/** Rules, escalation policies and rotations: a document each, and who changed it when. */
import { z } from "zod";
import {
  alertRuleSchema,
  escalationPolicySchema,
  rotationSchema,
} from "../../contract/alerting/rule.ts";
import type { EscalationPolicy, Rotation } from "../../domain/alerting/escalation.ts";
import type { AlertRule } from "../../domain/alerting/rule.ts";

const tables = {
  rule: "alert_rules",
  policy: "escalation_policies",
  rotation: "rotations",
} as const;

export type DocumentKind = keyof typeof tables;

/** All of them, as of a version of the alert ledger. */
export interface AlertingDocuments {
  readonly version: number;
  readonly rules: readonly AlertRule[];
  readonly policies: readonly EscalationPolicy[];
  readonly rotations: readonly Rotation[];
}

const versionRow = z.object({ version: z.int() });

function documents<T>(schema: z.ZodType<T>, result: D1Result | undefined): T[] {
  const row = z
    .object({ document: z.string() })
    .transform(({ document }) => schema.parse(JSON.parse(document)));
  return z.array(row).parse(result?.results ?? []);
}

/** Reads every rule, policy and rotation, consistently, each kind in order of its ids. */
export async function readAlertingDocuments(db: D1Database): Promise<AlertingDocuments> {
  const [version, rules, policies, rotations] = await db.batch([
    db.prepare("SELECT version FROM alert_ledger WHERE id = 1"),
    ...Object.values(tables).map((table) =>
      db.prepare(`SELECT document FROM ${table} ORDER BY id`),
    ),
  ]);
  return {
    version: versionRow.parse(version?.results[0]).version,
    rules: documents(alertRuleSchema, rules),
    policies: documents(escalationPolicySchema, policies),
    rotations: documents(rotationSchema, rotations),
  };
}

/** The author of what came with the product; its changes are as of the beginning of time. */
export const asDelivered = "as delivered";

/** A change of a document. */
export interface DocumentChange {
  readonly kind: DocumentKind;
  readonly id: string;
  /** Null: it is deleted. */
  readonly document: unknown;
  /** Of the alert ledger, on which the change was made. */
  readonly version: number;
  /** Epoch seconds. */
  readonly at: number;
  readonly author: string;
}

/** What writes a change and keeps whose it was; to be committed with the ledger's version. */
export function changeDocument(
  db: D1Database,
  { kind, id, document, version, at, author }: DocumentChange,
): D1PreparedStatement[] {
  const text = document === null ? null : JSON.stringify(document);
  return [
    // What it was before anybody changed it goes before the first change.
    db
      .prepare(
        `INSERT INTO alerting_changes (kind, id, version, at, author, document)
         SELECT ?1, id, 0, 0, ?3, document FROM ${tables[kind]} WHERE id = ?2
           AND NOT EXISTS (SELECT 1 FROM alerting_changes WHERE kind = ?1 AND id = ?2)`,
      )
      .bind(kind, id, asDelivered),
    text === null
      ? db.prepare(`DELETE FROM ${tables[kind]} WHERE id = ?1`).bind(id)
      : db
          .prepare(
            `INSERT INTO ${tables[kind]} (id, document) VALUES (?1, ?2)
             ON CONFLICT (id) DO UPDATE SET document = excluded.document`,
          )
          .bind(id, text),
    db
      .prepare(
        `INSERT INTO alerting_changes (kind, id, version, at, author, document)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
      )
      .bind(kind, id, version + 1, at, author, text),
  ];
}

/** One change as it is kept; `document` is null where it deleted. Epoch seconds. */
export interface KeptChange {
  readonly at: number;
  readonly author: string;
  readonly document: unknown;
}

const changeRow = z.object({
  at: z.int(),
  author: z.string(),
  document: z
    .string()
    .nullable()
    .transform((text): unknown => (text === null ? null : JSON.parse(text))),
});

/** Reads what people changed of a document, the newest first, at most `limit`. */
export async function readChanges(
  db: D1Database,
  kind: DocumentKind,
  id: string,
  limit: number,
): Promise<KeptChange[]> {
  const { results } = await db
    .prepare(
      `SELECT at, author, document FROM alerting_changes
       WHERE kind = ?1 AND id = ?2 AND version > 0 ORDER BY version DESC LIMIT ?3`,
    )
    .bind(kind, id, limit)
    .all();
  return z.array(changeRow).parse(results);
}

/** Reads a document as it was at a time, epoch seconds; null where no change before is kept. */
export async function readChangeAt(
  db: D1Database,
  kind: DocumentKind,
  id: string,
  at: number,
): Promise<KeptChange | null> {
  const row = await db
    .prepare(
      `SELECT at, author, document FROM alerting_changes
       WHERE kind = ?1 AND id = ?2 AND at <= ?3 ORDER BY version DESC LIMIT 1`,
    )
    .bind(kind, id, at)
    .first();
  return row === null ? null : changeRow.parse(row);
}
