/** What the reference page reads of our own OpenAPI document. */
import { z } from "zod";

const schemaSchema = z.record(z.string(), z.unknown());

const referenceSchema = z.object({ $ref: z.string() });

const responseSchema = z.object({
  description: z.string(),
  content: z.record(z.string(), z.object({ schema: schemaSchema.optional() })).optional(),
});

const operationSchema = z.object({
  operationId: z.string(),
  tags: z.array(z.string()),
  summary: z.string(),
  description: z.string().optional(),
  security: z.array(z.unknown()),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.string(),
        description: z.string(),
        required: z.boolean(),
        schema: schemaSchema,
        example: z.unknown().optional(),
      }),
    )
    .optional(),
  requestBody: z
    .object({
      required: z.boolean().optional(),
      content: z.record(z.string(), z.object({ schema: schemaSchema.optional() })),
    })
    .optional(),
  responses: z.record(z.string(), z.union([referenceSchema, responseSchema])),
});

export const openApiSchema = z.object({
  info: z.object({ title: z.string(), version: z.string(), description: z.string() }),
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({
    schemas: z.record(z.string(), schemaSchema),
    responses: z.record(z.string(), responseSchema),
  }),
});

export type OpenApi = z.infer<typeof openApiSchema>;
export type Operation = z.infer<typeof operationSchema>;
export type Schema = z.infer<typeof schemaSchema>;
