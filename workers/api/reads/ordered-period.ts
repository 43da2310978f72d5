/** From an order for a report to the period that it is of. */
import type { FieldError } from "../../../shared/contract/api/problem.ts";
import { type NewReportBody, periodNameHints } from "../../../shared/contract/api/reports.ts";
import { windowMessages } from "../../../shared/contract/api/window.ts";
import { isTimeZone } from "../../../shared/cron.ts";
import { parsePeriodName, periodSpan } from "../../../shared/domain/calendar.ts";
import {
  periodKindOf,
  type ReportSettings,
  reportPeriodAt,
  zoneName,
} from "../../../shared/domain/report.ts";
import { instant } from "../../../shared/instant.ts";
import type { ReportPeriod } from "../../../shared/storage/reports.ts";

/** The period, or what is wrong with the order. */
export type OrderedPeriod =
  | { readonly ok: true; readonly of: ReportPeriod }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

/**
 * Finds the period that is meant; it must be over, and something must have been monitored in it.
 *
 * @param since when the first monitor was added, epoch seconds
 * @param now epoch seconds
 */
export function orderedPeriod(
  { kind, period: name, zone: asked }: NewReportBody,
  settings: ReportSettings,
  since: number,
  now: number,
): OrderedPeriod {
  if (asked !== undefined && !isTimeZone(asked)) return wrong("zone", windowMessages.zone);
  const zone = zoneName(asked ?? settings.zone);
  if (name === undefined) {
    const running = reportPeriodAt(kind, zone, now);
    return { ok: true, of: { kind, zone, period: reportPeriodAt(kind, zone, running.from - 1) } };
  }
  const date = parsePeriodName(periodKindOf(kind), name);
  if (date === null) return wrong("period", periodNameHints[kind]);
  const period = periodSpan(periodKindOf(kind), date, zone);
  if (period.to > now) return wrong("period", "a period that is over");
  if (period.to <= since) {
    return wrong("period", `one that ends after the first monitor was added, ${instant(since)}`);
  }
  return { ok: true, of: { kind, zone, period } };
}

function wrong(field: string, message: string): OrderedPeriod {
  return { ok: false, errors: [{ field, message }] };
}
