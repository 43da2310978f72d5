/** From a query to the window that is computed over. */

import type { FieldError } from "../../../shared/contract/api/problem.ts";
import type { SlaQuery } from "../../../shared/contract/api/sla.ts";
import { defaultSlaWindow, parseDuration } from "../../../shared/contract/api/sla.ts";
import type { Freshness } from "../../../shared/domain/freshness.ts";
import type { Span } from "../../../shared/domain/span.ts";

/** A window, or what is wrong with the query. */
export type ParsedWindow =
  | { readonly ok: true; readonly window: Span }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

/**
 * Up to when we can speak, epoch seconds: to the newest data while it is fresh, because what comes
 * after it is only on its way. Stale data ends nothing: the time since then is unknown, and counts.
 */
export function knownUntil(now: number, { asOf, stale }: Freshness): number {
  return stale || asOf === null ? now : asOf;
}

/**
 * The window that a query means.
 *
 * @param now epoch seconds
 */
export function parseWindow(query: SlaQuery, now: number, freshness: Freshness): ParsedWindow {
  const { window, from, to } = query;
  if (window !== undefined && (from !== undefined || to !== undefined)) {
    return wrong("window", "either window, or from and to, not both");
  }
  const end = knownUntil(now, freshness);
  if (from === undefined) {
    if (to !== undefined) return wrong("from", "needed where to is given");
    const seconds = window ?? parseDuration(defaultSlaWindow) ?? 0;
    return { ok: true, window: { from: end - seconds, to: end } };
  }
  if (from >= now) return wrong("from", "a moment in the past");
  if (to !== undefined && to > now) return wrong("to", "not in the future; leave it out for now");
  if (to !== undefined && from >= to) return wrong("from", "before to");
  // A window that lies after all that is known is empty, not turned around.
  return { ok: true, window: { from, to: Math.max(from, Math.min(to ?? end, end)) } };
}

function wrong(field: string, message: string): ParsedWindow {
  return { ok: false, errors: [{ field, message }] };
}
