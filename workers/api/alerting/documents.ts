/** How changes of rules, policies and rotations are shown. */
import { instant } from "../../../shared/instant.ts";
import { type DocumentKind, readChanges } from "../../../shared/storage/alerting/documents.ts";
import { fromDatabase } from "../reads/from-database.ts";

const mostChanges = 20;

/** The latest changes of a document, the newest first. */
export async function changesOf(db: D1Database, kind: DocumentKind, id: string) {
  const changes = await fromDatabase(readChanges(db, kind, id, mostChanges));
  return changes.map(({ at, author, document }) => ({ at: instant(at), by: author, document }));
}
