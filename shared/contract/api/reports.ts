/** Reports, and marking an outage as a false alarm. */
import { z } from "zod";
import { type ReportKind, reportKinds } from "../../domain/report.ts";
import { csvTables } from "../csv-tables.ts";
import { reportBasisSchema, reportDocumentSchema } from "../report.ts";
import { instantSchema } from "./common.ts";
import { onceMessage } from "./query.ts";
import { windowMessages } from "./window.ts";

export const defaultReportLimit = 20;
export const largestReportLimit = 100;

const kindMessage = "daily, weekly or monthly";
const kindSchema = z.enum(reportKinds);

/** What is said of a report beside its document. */
export const reportHeadSchema = z.object({
  number: z.int(),
  kind: kindSchema,
  zone: z.string(),
  name: z.string().meta({ description: "2026-11-22, 2026-W47 or 2026-11" }),
  period: z.object({ from: instantSchema, to: instantSchema }),
  edition: z.int().meta({ description: "Above 1: the period gave other numbers than before" }),
  madeAt: instantSchema,
  madeBy: z.string().meta({ description: "schedule, or who asked for it" }),
  digest: z
    .string()
    .meta({ description: "SHA-256 of the report's canonical JSON (RFC 8785), in hexadecimal" }),
});

export type ReportHead = z.infer<typeof reportHeadSchema>;

export const reportListSchema = z.object({
  reports: z.array(reportHeadSchema),
  nextCursor: z.string().nullable().meta({ description: "Null: this was the last page" }),
});

export const storedReportSchema = reportHeadSchema.extend({
  basis: reportBasisSchema,
  report: reportDocumentSchema,
});

const limitMessage = `a whole number from 1 to ${largestReportLimit}`;
const cursorMessage = "the nextCursor of an earlier answer";

export const reportQuerySchema = z.strictObject({
  kind: z.enum(reportKinds, { error: onceMessage(kindMessage) }).optional(),
  limit: z
    .string({ error: onceMessage(limitMessage) })
    .default(String(defaultReportLimit))
    .refine(
      (text) => /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= largestReportLimit,
      limitMessage,
    )
    .transform(Number)
    .meta({ description: `At most so many, up to ${largestReportLimit}` }),
  cursor: z
    .string({ error: onceMessage(cursorMessage) })
    .regex(/^[1-9]\d{0,14}$/, cursorMessage)
    .transform(Number)
    .optional(),
});

export type ReportQuery = z.output<typeof reportQuerySchema>;

const numberMessage = "the number of a report, as the list gives it";

export const reportParamsSchema = z.strictObject({
  number: z
    .string()
    .regex(/^[1-9]\d{0,14}$/, numberMessage)
    .transform(Number),
});

export const reportFormats = ["json", "csv", "html"] as const;

export const reportFormatSchema = z.strictObject({
  format: z
    .enum(reportFormats, { error: onceMessage("json, csv or html") })
    .optional()
    .meta({ description: "Without it, what Accept prefers; JSON where it says nothing" }),
  table: z
    .enum(csvTables, { error: onceMessage(csvTables.join(", ")) })
    .optional()
    .meta({ description: "Which table, with CSV; availability unless said" }),
});

export type ReportFormatQuery = z.output<typeof reportFormatSchema>;

/** How periods of a kind are called. */
export const periodNameHints: Readonly<Record<ReportKind, string>> = {
  daily: "a day as YYYY-MM-DD, for example 2026-11-22",
  weekly: "a week as YYYY-Www, for example 2026-W47",
  monthly: "a month as YYYY-MM, for example 2026-11",
};

export const newReportSchema = z.strictObject({
  kind: z.enum(reportKinds, { error: kindMessage }),
  period: z.string({ error: "the name of a period" }).optional().meta({
    description: "2026-11-22, 2026-W47 or 2026-11; the last one that is over if left out",
  }),
  zone: z
    .string({ error: windowMessages.zone })
    .optional()
    .meta({ description: "Where the period begins and ends; the configured zone if left out" }),
});

export type NewReportBody = z.output<typeof newReportSchema>;

export const verificationSchema = z.object({
  number: z.int(),
  same: z.boolean().meta({ description: "The period gives the same numbers again" }),
  intact: z.boolean().meta({ description: "What is stored has the digest it was stored with" }),
  digest: z.object({ stored: z.string(), now: z.string() }),
  reasons: z.array(z.string()).meta({ description: "What has changed since; empty if the same" }),
  differences: z
    .array(z.object({ path: z.string(), was: z.unknown(), is: z.unknown() }))
    .meta({ description: "Values that differ, the first fifty" }),
  moreDifferences: z.int().nonnegative(),
  basis: z.object({ stored: reportBasisSchema, now: reportBasisSchema }),
});

export type Verification = z.infer<typeof verificationSchema>;
