/** GET /api/openapi.json. */
import { z } from "zod";

export const openApiDocumentSchema = z
  .looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) })
  .meta({ description: "An OpenAPI 3.1 document" });
