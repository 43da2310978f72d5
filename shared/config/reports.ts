/** The settings of reports and indicators. */
import { z } from "zod";
import { isTimeZone } from "../cron.ts";
import { type KpiId, kpiKinds } from "../domain/kpi.ts";
import { usualReports } from "../domain/report.ts";
import { settings } from "./settings.ts";

export const reportsSchema = settings({
  /** Where days, weeks and months begin. */
  zone: z
    .string()
    .refine(isTimeZone, "a time zone by its IANA name, for example Europe/Berlin, or UTC")
    .default(usualReports.zone),
  daily: z.boolean().default(usualReports.daily),
  weekly: z.boolean().default(usualReports.weekly),
  monthly: z.boolean().default(usualReports.monthly),
});

const withTarget = Object.entries(kpiKinds).flatMap(([id, { bound }]) =>
  bound !== null && isKpi(id) ? [id] : [],
);

export const kpisSchema = settings({
  /** The day of the last review of the operational docs. */
  docsReviewedOn: z.iso
    .date("a date as YYYY-MM-DD")
    .optional()
    .transform((date) => date ?? null),
  /** In each indicator's unit. */
  targets: settings(
    Object.fromEntries(withTarget.map((id) => [id, z.number().nonnegative().optional()])),
  ).prefault({}),
});

function isKpi(id: string): id is KpiId {
  return Object.hasOwn(kpiKinds, id);
}
