/** What a plan says about reports and indicators. */
import { z } from "zod";
import { type KpiId, type KpiSettings, kpiKinds } from "../domain/kpi.ts";
import type { ReportSettings } from "../domain/report.ts";

export const reportSettingsSchema = z.object({
  zone: z.string(),
  daily: z.boolean(),
  weekly: z.boolean(),
  monthly: z.boolean(),
}) satisfies z.ZodType<ReportSettings>;

const kpiIds = Object.keys(kpiKinds).filter((id): id is KpiId => id in kpiKinds);

export const kpiIdSchema = z.enum(kpiIds);

export const kpiSettingsSchema = z.object({
  docsReviewedOn: z.string().nullable(),
  targets: z.partialRecord(kpiIdSchema, z.number()),
}) satisfies z.ZodType<KpiSettings>;
