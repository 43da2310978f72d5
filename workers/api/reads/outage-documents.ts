import type { OutageDocument, OutageQuery } from "../../../shared/contract/api/outages.ts";
import { isFlapping } from "../../../shared/domain/decide-outage.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import type { Cause } from "../../../shared/domain/recording.ts";
import {
  type ListedOutage,
  type OutageFilter,
  readOutagePage,
} from "../../../shared/storage/outage-pages.ts";
import { fromDatabase } from "./from-database.ts";
import { instant, instantOrNull } from "./instant.ts";

/** Reads outages, newest first, at most `limit`. */
export function readOutages(
  db: D1Database,
  filter: OutageFilter,
  limit: number,
): Promise<ListedOutage[]> {
  return fromDatabase(readOutagePage(db, filter, limit));
}

/** Reads one page as a query asks for it; `next` is where the page after it begins. */
export async function readPage(
  db: D1Database,
  { state, limit, cursor }: OutageQuery,
): Promise<{ outages: ListedOutage[]; next: number | null }> {
  // One more than asked for tells whether there is another page.
  const outages = await readOutages(db, { state, before: cursor ?? null }, limit + 1);
  const page = outages.slice(0, limit);
  const last = page.at(-1);
  return { outages: page, next: outages.length > limit && last ? last.number : null };
}

/**
 * An outage as operators see it.
 *
 * @param now epoch seconds, until when an open outage has lasted
 */
export function outageDocument(outage: ListedOutage, plan: Plan, now: number): OutageDocument {
  const { number, monitorId, startedAt, detectedAt, endedAt, cause, reopenings } = outage;
  const monitor = plan.monitors.find(({ id }) => id === monitorId);
  return {
    number,
    monitor: { id: monitorId, name: monitor?.name ?? null },
    state: endedAt === null ? "open" : "closed",
    startedAt: instant(startedAt),
    endedAt: instantOrNull(endedAt),
    durationSeconds: Math.max(0, (endedAt ?? now) - startedAt),
    reopenings,
    flapping: isFlapping({ reopenings }),
    detectedAt: instant(detectedAt),
    cause: causeDocument(cause),
  };
}

/** A cause with its detail. */
export function causeDocument(cause: Cause | null) {
  if (cause === null) return null;
  return { reason: cause.reason, detail: cause.detail, regions: [...cause.regions] };
}

/** A cause without its detail, which may quote what the target answered. */
export function publicCause(cause: Cause | null) {
  return cause === null ? null : { reason: cause.reason, regions: [...cause.regions] };
}
