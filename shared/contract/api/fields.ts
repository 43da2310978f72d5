/** `fields=`: an answer with only those members that somebody wants. */
import { z } from "zod";

/** Which members of an answer can be chosen. */
export interface Choice {
  /** The member whose items are chosen from; null: the document itself is. */
  readonly list: string | null;
  readonly names: readonly string[];
}

/**
 * What can be chosen of a document: of a list, the members of its items; of anything else, its own.
 * Null where it has no members that are known beforehand.
 *
 * @param resource the last part of the route's path: a list is called so, has pages, or is all there is
 */
export function choiceOf(schema: unknown, resource: string): Choice | null {
  const objects = objectsIn(schema);
  if (objects.length === 0) return null;
  const members = objects.flatMap(({ shape }) => Object.entries<unknown>(shape));
  const lists = members.filter(([, member]) => itemsOf(member).length > 0);
  const [name, only] = lists.length === 1 ? (lists[0] ?? []) : [];
  const hasPages = objects.some(({ shape }) => "nextCursor" in shape);
  const isOne = resource.startsWith("{");
  const isAlone = members.length === 1;
  if (name !== undefined && !isOne && (hasPages || isAlone || name === resource)) {
    return { list: name, names: namesOf(itemsOf(only)) };
  }
  return { list: null, names: namesOf(objects) };
}

/** Leaves of a document what was chosen. */
export function chosen(document: unknown, { list }: Choice, names: ReadonlySet<string>): unknown {
  const only = (value: unknown) =>
    isRecord(value)
      ? Object.fromEntries(Object.entries(value).filter(([name]) => names.has(name)))
      : value;
  if (list === null || !isRecord(document)) return only(document);
  const items = document[list];
  return { ...document, [list]: Array.isArray(items) ? items.map(only) : items };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function namesOf(objects: readonly z.ZodObject[]): string[] {
  return [...new Set(objects.flatMap(({ shape }) => Object.keys(shape)))].sort();
}

function itemsOf(schema: unknown): z.ZodObject[] {
  return schema instanceof z.ZodArray ? objectsIn(schema.element) : [];
}

function objectsIn(schema: unknown): z.ZodObject[] {
  if (schema instanceof z.ZodObject) return [schema];
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(objectsIn);
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) {
    return objectsIn(schema.unwrap());
  }
  return [];
}
