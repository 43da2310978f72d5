/** Schemas that have a name are said once, under it, and referred to everywhere else. */
import type { Json } from "./read-app.ts";

/** What may differ between two uses of a schema. */
const annotations = ["description", "example", "examples", "default"];

interface Hoisted {
  readonly value: unknown;
  /** By name; only what is referred to. */
  readonly components: Readonly<Record<string, Json>>;
}

/**
 * Replaces whatever equals a named schema by a reference to it. Compared is the structure: a
 * description of its own, and null beside it, stay where they are said.
 */
export function hoist(value: unknown, named: ReadonlyMap<string, Json>): Hoisted {
  const names = new Map<string, string>();
  for (const [name, schema] of named) {
    const key = keyOf(schema);
    if (isWorthAName(schema) && !names.has(key)) names.set(key, name);
  }
  const used = new Set<string>();
  const replaceIn = (part: unknown, self: string | null): unknown => {
    if (Array.isArray(part)) return part.map((one) => replaceIn(one, null));
    if (!isObject(part)) return part;
    const reference = self === null ? refer(part, names) : null;
    if (reference !== null) {
      used.add(reference.name);
      return reference.as;
    }
    return Object.fromEntries(
      Object.entries(part).map(([key, one]) => [
        key,
        // What stands in an example is no schema, whatever it looks like.
        key === "example" || key === "examples" ? one : replaceIn(one, null),
      ]),
    );
  };
  const replaced = replaceIn(value, null);
  const components: Record<string, Json> = {};
  // What a named schema refers to is used by it.
  for (let size = -1; size !== used.size; ) {
    size = used.size;
    for (const name of used) {
      const schema = named.get(name);
      const own = schema && components[name] === undefined ? replaceIn(schema, name) : null;
      if (isObject(own)) components[name] = own;
    }
  }
  const sorted = Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1));
  return { value: replaced, components: Object.fromEntries(sorted) };
}

function refer(part: Json, names: ReadonlyMap<string, string>): { name: string; as: Json } | null {
  const notes = Object.fromEntries(
    Object.entries(part).filter(([key]) => annotations.includes(key)),
  );
  const name = names.get(keyOf(part));
  if (name !== undefined) return { name, as: { $ref: addressOf(name), ...notes } };
  const inner = withoutNull(part);
  const nullable = inner === null ? undefined : names.get(keyOf(inner));
  if (nullable === undefined) return null;
  return {
    name: nullable,
    as: { anyOf: [{ $ref: addressOf(nullable) }, { type: "null" }], ...notes },
  };
}

function withoutNull(part: Json): Json | null {
  const { type, enum: values, anyOf, oneOf } = part;
  if (Array.isArray(type) && type.includes("null")) {
    const others = type.filter((one) => one !== "null");
    const rest = { ...part, type: others.length === 1 ? others[0] : others };
    return Array.isArray(values) ? { ...rest, enum: values.filter((one) => one !== null) } : rest;
  }
  for (const [key, choices] of [
    ["anyOf", anyOf],
    ["oneOf", oneOf],
  ] as const) {
    if (!Array.isArray(choices)) continue;
    const others = choices.filter((one) => !isObject(one) || one["type"] !== "null");
    if (others.length === choices.length) continue;
    const [only] = others;
    return others.length === 1 && isObject(only) ? only : { ...part, [key]: others };
  }
  return null;
}

/** A plain string or number says itself. */
function isWorthAName(schema: Json): boolean {
  const isDate = schema["format"] === "date-time";
  return isDate || ["properties", "enum", "anyOf", "oneOf", "allOf"].some((key) => key in schema);
}

function keyOf(schema: Json): string {
  return JSON.stringify(sorted(schema, true));
}

function sorted(value: unknown, isTop = false): unknown {
  if (Array.isArray(value)) return value.map((one) => sorted(one));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !isTop || !annotations.includes(key))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}

function addressOf(name: string): string {
  return `#/components/schemas/${name}`;
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
