/** GET /api/monitoring/audit and …/audit.ndjson: who changed or did what by hand. */
import { z } from "zod";
import { momentSchema, nextCursorSchema, pageQueryFields } from "./authored.ts";
import { instantSchema } from "./common.ts";
import { onceMessage } from "./query.ts";

const text = (what: string) =>
  z
    .string({ error: onceMessage(what) })
    .min(1, what)
    .max(300, what)
    .optional();

const filters = {
  from: momentSchema.optional().meta({ description: "Not before" }),
  to: momentSchema.optional().meta({ description: "Before" }),
  who: text("a credential").meta({ description: "For example admin-token, or key:<id>" }),
  action: text("an action").meta({ description: "The operationId of what was done" }),
  target: text("a path").meta({ description: "The path of what it was done to" }),
};

const cursorMessage = "the nextCursor of an earlier answer";

export const auditQuerySchema = z.strictObject({
  ...filters,
  limit: pageQueryFields.limit,
  cursor: z
    .string({ error: onceMessage(cursorMessage) })
    .regex(/^\d{1,12}-\d{1,15}$/, cursorMessage)
    .optional()
    .meta({ description: "The nextCursor of an earlier answer", example: "1790000050-7" }),
});

export const auditExportQuerySchema = z.strictObject(filters);

export const auditEntrySchema = z.object({
  number: z.int(),
  at: instantSchema,
  who: z.string().meta({ description: "By which credential" }),
  name: z.string().meta({ description: "As whom they present themselves" }),
  action: z.string(),
  target: z.string(),
  before: z.unknown().meta({ description: "Without secrets; null: nothing, or it is not kept" }),
  after: z.unknown().meta({ description: "Without secrets; null: nothing, or it is not kept" }),
  requestId: z.string().nullable(),
});

export type AuditDocument = z.infer<typeof auditEntrySchema>;

export const auditListSchema = z.object({
  entries: z.array(auditEntrySchema),
  nextCursor: nextCursorSchema,
});
