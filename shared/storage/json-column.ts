import { z } from "zod";

/** A column that holds JSON text. */
export function jsonText<T>(schema: z.ZodType<T>) {
  return z.string().transform((text) => schema.parse(JSON.parse(text)));
}

/** A column that holds JSON text, or null. */
export function jsonTextOrNull<T>(schema: z.ZodType<T>) {
  return z
    .string()
    .nullable()
    .transform((text) => (text === null ? null : schema.parse(JSON.parse(text))));
}
