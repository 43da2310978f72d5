/** GET POST /api/monitoring/keys, GET DELETE …/{id}, POST …/{id}/rotate: who may use the API. */
import { z } from "zod";
import { keyStates, scopes } from "../../domain/access.ts";
import { momentSchema, nextCursorSchema, pageQueryFields, textOf } from "./authored.ts";
import { instantSchema } from "./common.ts";

const scopeWords = `one of ${scopes.join(", ")}`;

export const newKeySchema = z.strictObject({
  name: textOf(100).meta({ description: "Whose it is, or what it is for" }),
  scopes: z
    .array(z.enum(scopes, { error: scopeWords }), { error: "a list of scopes" })
    .min(1, "at least one scope")
    .max(scopes.length, "each scope once")
    .meta({
      description: "operate includes read, admin all; machines that push or ping read nothing",
    }),
  expiresAt: momentSchema.optional().meta({ description: "Left out: it never expires" }),
});

export const keyParamsSchema = z.object({
  id: z
    .string()
    .regex(/^[a-z0-9]{12}$/, "the id of a key: 12 letters and digits")
    .meta({ description: "Its id", example: "k7q2mz81x0ab" }),
});

const graceMessage = "a whole number from 0 to 604800";

export const rotateKeySchema = z.strictObject({
  graceSeconds: z
    .int(graceMessage)
    .min(0, graceMessage)
    .max(604_800, graceMessage)
    .default(0)
    .meta({ description: "For so long the secret so far lets in as well; seconds" }),
});

export const keyListQuerySchema = z.strictObject(pageQueryFields);

export const keyDocumentSchema = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(scopes)),
  state: z.enum(keyStates),
  createdAt: instantSchema,
  createdBy: z.string(),
  expiresAt: instantSchema.nullable(),
  rotatedAt: instantSchema.nullable(),
  previousUntil: instantSchema.nullable().meta({
    description: "Until then the secret before the rotation lets in; null: it does not",
  }),
  revokedAt: instantSchema.nullable(),
  revokedBy: z.string().nullable(),
  lastUsedAt: instantSchema.nullable().meta({ description: "To the hour" }),
});

export type KeyDocument = z.infer<typeof keyDocumentSchema>;

export const singleKeySchema = z.object({ key: keyDocumentSchema });

export const issuedKeySchema = z.object({
  key: keyDocumentSchema,
  secret: z
    .string()
    .meta({ description: "What to send as Authorization: Bearer; never shown again" }),
});

export const keyListSchema = z.object({
  keys: z.array(keyDocumentSchema),
  nextCursor: nextCursorSchema,
});
