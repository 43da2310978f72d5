import { z } from "zod";
import type { Choice } from "../../../shared/contract/api/fields.ts";

/** What a schema says of the members that were chosen, and that there are no others. */
export function partOf(schema: unknown, { list }: Choice, names: readonly string[]): z.ZodType {
  if (list === null) return only(schema, names);
  if (!(schema instanceof z.ZodObject)) throw new Error("a list is an object");
  const items: unknown = schema.shape[list];
  if (!(items instanceof z.ZodArray)) throw new Error(`${list} is no array`);
  return z.strictObject({ ...schema.shape, [list]: z.array(only(items.element, names)) });
}

function only(schema: unknown, names: readonly string[]): z.ZodType {
  if (schema instanceof z.ZodUnion) {
    return z.union(schema.options.map((option) => only(option, names)));
  }
  if (schema instanceof z.ZodNullable) return only(schema.unwrap(), names).nullable();
  if (!(schema instanceof z.ZodObject)) throw new Error("no members can be chosen of it");
  const chosen = Object.entries(schema.shape).filter(([name]) => names.includes(name));
  return z.strictObject(Object.fromEntries(chosen));
}
