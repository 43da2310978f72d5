/** Deletes what alerting wrote long ago, a bounded number of rows at a time, by indexes of time. */
import { countRows, type RowCounts } from "../rows.ts";

/** From when on what is kept, epoch seconds. */
export interface AlertingKept {
  readonly decisions: number;
  readonly notifications: number;
}

/** What was deleted. */
export interface DeletedAlerting {
  readonly decisions: number;
  readonly notifications: number;
  readonly tests: number;
  readonly changes: number;
  readonly rows: RowCounts;
}

/** People handle it, or what it is merged into. */
const isOpen = `EXISTS (
  SELECT 1 FROM incidents LEFT JOIN incidents AS root ON root.key = incidents.merged_into
  WHERE incidents.key = old.incident
    AND (incidents.ended_at IS NULL OR (root.key IS NOT NULL AND root.ended_at IS NULL)))`;

/**
 * Deletes the oldest of what is not kept. What belongs to an open incident, an alert that is still
 * remembered, or waits to be sent is left, however old; so are a channel's last test, and each rule
 * as it is and as it was when the kept time began.
 *
 * @param most of each kind
 */
export async function deleteOldAlerting(
  db: D1Database,
  kept: AlertingKept,
  most: number,
): Promise<DeletedAlerting> {
  const results = await db.batch([
    db
      .prepare(
        `DELETE FROM alert_decisions WHERE (alert, at) IN (
           SELECT alert, at FROM alert_decisions AS old INDEXED BY decisions_by_time
           WHERE at < ?1 AND NOT ${isOpen}
             AND NOT EXISTS (SELECT 1 FROM alerts WHERE alerts.key = old.alert)
           ORDER BY at LIMIT ?2)`,
      )
      .bind(kept.decisions, most),
    db
      .prepare(
        `DELETE FROM notifications WHERE rowid IN (
           SELECT old.rowid FROM notifications AS old INDEXED BY notifications_by_time
           WHERE old.created_at < ?1 AND old.state IN ('sent', 'superseded', 'dead')
             AND NOT ${isOpen}
           ORDER BY old.created_at LIMIT ?2)`,
      )
      .bind(kept.notifications, most),
    db
      .prepare(
        `DELETE FROM channel_tests WHERE (channel, due_at) IN (
           SELECT channel, due_at FROM channel_tests AS old INDEXED BY channel_tests_by_time
           WHERE due_at < ?1 AND next_at IS NULL AND EXISTS (
             SELECT 1 FROM channel_tests AS later
             WHERE later.channel = old.channel AND later.due_at > old.due_at)
           ORDER BY due_at LIMIT ?2)`,
      )
      .bind(kept.notifications, most),
    db
      .prepare(
        `DELETE FROM alerting_changes WHERE (kind, id, version) IN (
           SELECT kind, id, version FROM alerting_changes AS old INDEXED BY alerting_changes_by_time
           WHERE at < ?1 AND EXISTS (
             SELECT 1 FROM alerting_changes AS later
             WHERE later.kind = old.kind AND later.id = old.id AND later.version > old.version
               AND later.at < ?1)
           ORDER BY at LIMIT ?2)`,
      )
      .bind(kept.notifications, most),
  ]);
  const deleted = (index: number) => results[index]?.meta.changes ?? 0;
  return {
    decisions: deleted(0),
    notifications: deleted(1),
    tests: deleted(2),
    changes: deleted(3),
    rows: countRows(results),
  };
}
