import { z } from "zod";
import { jsonSchema } from "../openapi/read-app.ts";

const operationSchema = z.object({
  operationId: z.string(),
  security: z.array(z.unknown()),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.enum(["path", "query", "header"]),
        required: z.boolean(),
        schema: jsonSchema,
        example: z.unknown().optional(),
      }),
    )
    .default([]),
  requestBody: z
    .object({ content: z.record(z.string(), z.object({ schema: jsonSchema })) })
    .optional(),
});

const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({ schemas: z.record(z.string(), jsonSchema) }),
});

/** An operation, as the served document tells of it. */
export interface FuzzedOperation extends z.output<typeof operationSchema> {
  readonly method: string;
  readonly path: string;
}

export interface FuzzedApi {
  readonly operations: readonly [FuzzedOperation, ...FuzzedOperation[]];
  readonly schemas: Readonly<Record<string, z.infer<typeof jsonSchema>>>;
}

/** Reads what can be asked out of an OpenAPI document. */
export function readFuzzedApi(document: unknown): FuzzedApi {
  const { paths, components } = documentSchema.parse(document);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
  const [first, ...more] = operations;
  if (!first) throw new Error("the document has no operations");
  return { operations: [first, ...more], schemas: components.schemas };
}
