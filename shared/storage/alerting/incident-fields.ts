/** What people say of an incident: fields that deciding never touches. To be committed with the ledger's version. */

/** Sets the labels of an incident by its key. */
export function labelIncident(
  db: D1Database,
  key: string,
  labels: Readonly<Record<string, string>>,
): D1PreparedStatement {
  return db
    .prepare("UPDATE incidents SET labels = ?2 WHERE key = ?1")
    .bind(key, JSON.stringify(labels));
}

/** Gives an incident to a person; null: to nobody. */
export function assignIncident(
  db: D1Database,
  key: string,
  person: string | null,
): D1PreparedStatement {
  return db.prepare("UPDATE incidents SET assignee = ?2 WHERE key = ?1").bind(key, person);
}

/** Marks an incident as a false alarm, or takes the mark back. */
export function sayFalseAlarm(
  db: D1Database,
  key: string,
  mark: { readonly at: number; readonly by: string } | null,
): D1PreparedStatement {
  return db
    .prepare("UPDATE incidents SET false_alarm_at = ?2, false_alarm_by = ?3 WHERE key = ?1")
    .bind(key, mark?.at ?? null, mark?.by ?? null);
}

/** Writes the review of an incident. */
export function reviewIncident(db: D1Database, key: string, review: unknown): D1PreparedStatement {
  return db
    .prepare("UPDATE incidents SET review = ?2 WHERE key = ?1")
    .bind(key, JSON.stringify(review));
}
