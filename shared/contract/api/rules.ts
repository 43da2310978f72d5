/** /api/monitoring/rules: what is worth an alert. */
import { z } from "zod";
import { alertRuleSchema, idSchema } from "../alerting/rule.ts";
import { bySchema } from "./authored.ts";
import { instantSchema } from "./common.ts";

export const documentParamsSchema = z.object({ id: idSchema.meta({ description: "Its id" }) });

const authorFields = {
  by: bySchema,
};

/** A rule as it is sent: the whole of it, what is left out by its default. */
export const ruleBodySchema = alertRuleSchema;

/** Parts of a rule; what they come to together is checked on what is stored. */
export const rulePatchSchema = z
  .record(z.string().max(64), z.unknown(), { error: "the fields of a rule that are to change" })
  .meta({ description: "The fields of a rule that are to change" });

export const authorQuerySchema = z.strictObject(authorFields);

const changeSchema = z.object({
  at: instantSchema,
  by: z.string(),
  document: z.unknown().meta({ description: "From then on; null: deleted" }),
});

export const ruleListSchema = z.object({ rules: z.array(alertRuleSchema) });

export const singleRuleSchema = z.object({
  rule: alertRuleSchema,
  changes: z.array(changeSchema).meta({ description: "The newest first, at most 20" }),
});

export const removedSchema = z.object({
  removed: z.object({ id: z.string(), at: instantSchema, by: z.string() }),
});
