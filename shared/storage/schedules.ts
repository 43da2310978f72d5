/** The schedules that monitors had: plans are kept, so that the past can be counted by its own. */
import { z } from "zod";
import type { ScheduleSince } from "../domain/coverage.ts";
import type { Span } from "../domain/span.ts";

const rowSchema = z.object({
  since: z.int(),
  monitor: z.int(),
  interval_seconds: z.int(),
  phase_seconds: z.int(),
});

/**
 * Reads the schedules of all monitors in a window, by monitor number and in order of time. One plan
 * is read for each time a configuration was applied in the window, and the one before it; `null`
 * stands for no change, which is told by two rows.
 */
export async function readSchedules(
  db: D1Database,
  window: Span,
): Promise<ReadonlyMap<number, readonly ScheduleSince[]> | null> {
  const [count, rows] = await db.batch([
    db.prepare(`SELECT count(*) AS changes FROM plans WHERE revision > ${first}`).bind(window.from),
    db
      .prepare(
        `SELECT plans.applied_at AS since, monitor.value ->> 'number' AS monitor,
           monitor.value ->> '$.schedule.intervalSeconds' AS interval_seconds,
           monitor.value ->> '$.schedule.phaseSeconds' AS phase_seconds
         FROM plans, json_each(plans.document, '$.monitors') AS monitor
         WHERE plans.revision >= ${first}
           AND EXISTS (SELECT 1 FROM plans WHERE revision > ${first})
           AND plans.applied_at < ?2
         ORDER BY plans.revision`,
      )
      .bind(window.from, window.to),
  ]);
  const [{ changes } = { changes: 0 }] = z
    .array(z.object({ changes: z.int() }))
    .parse(count?.results);
  return changes === 0 ? null : byMonitor(z.array(rowSchema).parse(rows?.results));
}

/** The plan that was in force as the window began. */
const first = `(SELECT coalesce(max(revision), 0) FROM plans WHERE applied_at <= ?1)`;

function byMonitor(rows: readonly z.infer<typeof rowSchema>[]): Map<number, ScheduleSince[]> {
  const histories = new Map<number, ScheduleSince[]>();
  for (const { since, monitor, interval_seconds, phase_seconds } of rows) {
    const history = histories.get(monitor) ?? [];
    histories.set(monitor, history);
    const last = history.at(-1)?.schedule;
    const isSame =
      last?.intervalSeconds === interval_seconds && last.phaseSeconds === phase_seconds;
    if (isSame) continue;
    history.push({
      since,
      schedule: { intervalSeconds: interval_seconds, phaseSeconds: phase_seconds },
    });
  }
  return histories;
}
