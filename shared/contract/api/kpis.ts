/** GET /api/monitoring/kpis, and the indicators of a report. */
import { z } from "zod";
import { type Kpi, kpiUnits } from "../../domain/kpi.ts";
import { kpiIdSchema } from "../plan-reports.ts";
import { freshnessFields } from "./common.ts";
import { windowQueryFields, windowSchema } from "./window.ts";

export const kpiSchema = z.object({
  id: kpiIdSchema,
  name: z.string(),
  value: z
    .union([z.number(), z.iso.date()])
    .nullable()
    .meta({ description: "In the unit; null: not known, and reason says why" }),
  unit: z.enum(kpiUnits),
  target: z
    .object({ bound: z.enum(["at-least", "above", "below"]), value: z.number() })
    .nullable()
    .meta({ description: "What the value is to be; null: no target is set" }),
  met: z.boolean().nullable().meta({ description: "Null: no value or no target" }),
  reason: z.string().nullable().meta({ description: "Why there is no value" }),
  from: z
    .record(z.string(), z.union([z.number(), z.string()]))
    .meta({ description: "Counts and names that the value rests on" }),
}) satisfies z.ZodType<Kpi>;

export const kpiDocumentSchema = z.object({
  window: windowSchema,
  ...freshnessFields,
  kpis: z.array(kpiSchema),
});

export type KpiDocument = z.infer<typeof kpiDocumentSchema>;

export const kpiQuerySchema = z.strictObject(windowQueryFields);
