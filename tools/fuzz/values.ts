/** Values that fit a JSON Schema, more or less. */
import type { FuzzedApi } from "./document.ts";
import { nastyText, nastyValue } from "./nasty.ts";
import type { Random } from "./random.ts";

type Schemas = FuzzedApi["schemas"];
type Schema = Schemas[string];

const deepest = 8;

/**
 * A value for a schema.
 *
 * @param spoiled in how many of a hundred places something else stands
 */
export function valueFor(
  schema: Schema,
  schemas: Schemas,
  random: Random,
  spoiled: number,
  depth = 0,
): unknown {
  if (depth > deepest || random.percent(spoiled)) return nastyValue(random);
  const again = (inner: unknown) =>
    valueFor(isSchema(inner) ? inner : {}, schemas, random, spoiled, depth + 1);
  const { $ref, type, enum: values, const: only, properties, items, required } = schema;
  if (typeof $ref === "string") {
    return again(schemas[$ref.slice($ref.lastIndexOf("/") + 1)]);
  }
  if (only !== undefined) return only;
  if (Array.isArray(values) && values.length > 0) return values[random.below(values.length)];
  const choices = schema["anyOf"] ?? schema["oneOf"] ?? schema["allOf"];
  if (Array.isArray(choices) && choices.length > 0)
    return again(choices[random.below(choices.length)]);
  const types = Array.isArray(type) ? type : [type];
  switch (types[random.below(types.length)]) {
    case "object": {
      const needed = new Set(Array.isArray(required) ? required : []);
      const fields = Object.entries(isSchema(properties) ? properties : {})
        .filter(([name]) => needed.has(name) || random.percent(40))
        .map(([name, inner]) => [name, again(inner)]);
      const extra = random.percent(spoiled) ? [[nastyText(random), nastyValue(random)]] : [];
      return Object.fromEntries([...fields, ...extra]);
    }
    case "array":
      return Array.from({ length: random.below(4) }, () => again(items));
    case "integer":
    case "number":
      return numberFor(schema, random);
    case "boolean":
      return random.percent(50);
    case "null":
      return null;
    case "string":
      return textFor(schema, random);
    default:
      return nastyValue(random);
  }
}

function numberFor({ minimum, maximum, type }: Schema, random: Random): number {
  const low = typeof minimum === "number" && minimum > -1e9 ? minimum : 0;
  const high = typeof maximum === "number" && maximum < 1e9 ? maximum : low + 1_000;
  const value = low + random.below(Math.max(1, high - low + 1));
  return type === "number" && random.percent(30) ? value + 0.5 : value;
}

const words: readonly [string, ...string[]] = [
  "home",
  "ops",
  "api",
  "us-east",
  "service-down",
  "a",
];

function textFor({ format, pattern }: Schema, random: Random): string {
  if (format === "date-time") {
    const at = Date.UTC(
      2020 + random.below(12),
      random.below(12),
      1 + random.below(28),
      random.below(24),
    );
    return new Date(at).toISOString().replace(".000Z", "Z");
  }
  if (format === "uuid") return "3f2b8c1e-5d6a-4b7c-8d9e-0f1a2b3c4d5e";
  if (typeof pattern === "string" && pattern.includes("\\d")) return String(1 + random.below(100));
  return random.pick(words);
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
