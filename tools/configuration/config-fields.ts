/** Every field of netpost.config.ts, read from the schema that parses it. */
import { z } from "zod";
import { configSchema } from "../../shared/config/schema.ts";
import { configWords, type Words } from "./config-words.ts";

/** One field, as the schema and our words tell. */
export interface ConfigField {
  /** The table that it is in, for example `monitors[http]`; empty for the file itself. */
  readonly section: string;
  /** Its path in there, for example `expect.maxLatencyMs`. */
  readonly name: string;
  readonly allowed: string;
  /** As it is written; null: nothing. */
  readonly usually: string | null;
  readonly isRequired: boolean;
  /** Null where nobody wrote any, which a test refuses. */
  readonly words: Words | null;
}

const node = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).default([]),
  items: z.unknown().optional(),
  oneOf: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  default: z.unknown().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
  format: z.string().optional(),
});
type Node = z.infer<typeof node>;

/** A section for each array or record of objects, and for each kind of monitor. */
export function readConfigFields(): readonly ConfigField[] {
  const schema = node.parse(z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" }));
  const fields = fieldsIn(schema, "", "");
  const seen = new Set<string>();
  return fields.filter(({ section, name }) => {
    const key = `${section}/${name}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** The keys of words that no field has any more. */
export function staleWords(fields: readonly ConfigField[]): string[] {
  const used = new Set(fields.map(({ section, name }) => keyOf(section, name)));
  return Object.keys(configWords).filter((key) => !used.has(key));
}

function fieldsIn(parent: Node, section: string, prefix: string): ConfigField[] {
  return Object.entries(parent.properties ?? {}).flatMap(([property, raw]) => {
    const child = node.parse(raw);
    const name = `${prefix}${property}`;
    const own = fieldOf(child, section, name, parent.required.includes(property));
    const items = child.items === undefined ? null : node.parse(child.items);
    if (section === "" && name === "monitors" && items !== null) return [own, ...monitors(items)];
    if (items?.properties !== undefined)
      return [own, ...fieldsIn(items, `${at(section, name)}[]`, "")];
    if (child.properties !== undefined) {
      return section === ""
        ? [own, ...fieldsIn(child, name, "")]
        : [own, ...fieldsIn(child, section, `${name}.`)];
    }
    const entry = node.safeParse(child.additionalProperties);
    return entry.success && entry.data.properties !== undefined
      ? [own, ...fieldsIn(entry.data, `${at(section, name)}.<id>`, "")]
      : [own];
  });
}

const at = (section: string, name: string): string =>
  section === "" ? name : `${section}.${name}`;

/** What all kinds have in common is told once: whatever has words as `monitors[].…`. */
function monitors(items: Node): ConfigField[] {
  const kinds = (items.oneOf ?? items.anyOf ?? []).map((raw) => node.parse(raw));
  return kinds.flatMap((kind) => {
    const type = node.parse(kind.properties?.["type"]);
    const own = `monitors[${String(type.const ?? type.default)}]`;
    return fieldsIn(kind, own, "").map((field): ConfigField => {
      const common = configWords[keyOf("monitors[]", field.name)];
      if (field.section !== own || common === undefined || configWords[keyOf(own, field.name)]) {
        return field;
      }
      return { ...field, section: "monitors[]", words: common };
    });
  });
}

function fieldOf(child: Node, section: string, name: string, isRequired: boolean): ConfigField {
  const { default: usually } = child;
  const isGroup = child.properties !== undefined;
  return {
    section,
    name,
    allowed: allowedIn(child),
    usually: usually === undefined || isGroup ? null : JSON.stringify(usually),
    isRequired,
    words: configWords[keyOf(section, name)] ?? null,
  };
}

export function keyOf(section: string, name: string): string {
  return section === "" ? name : `${section}.${name}`;
}

function allowedIn(child: Node): string {
  if (child.const !== undefined) return `"${String(child.const)}"`;
  if (child.enum !== undefined) return child.enum.map((one) => `"${String(one)}"`).join(", ");
  const choices = child.anyOf ?? child.oneOf;
  if (choices !== undefined) {
    const words = choices.map((raw) => allowedIn(node.parse(raw)));
    return [...new Set(words)].join(", or ");
  }
  if (child.items !== undefined) {
    const items = node.parse(child.items);
    return items.properties || items.oneOf || items.anyOf ? "list" : `list: ${allowedIn(items)}`;
  }
  if (child.properties !== undefined) return "settings";
  if (child.additionalProperties !== undefined && child.type === "object") return "by name";
  if (child.format === "uri") return "URL";
  const kind =
    child.type === "integer" ? "whole number" : [child.type ?? "anything"].flat().join(", ");
  return child.type === "integer" || child.type === "number" ? `${kind}${rangeOf(child)}` : kind;
}

function rangeOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Node): string {
  const isAny = (bound: number | undefined) =>
    bound === undefined || Math.abs(bound) >= Number.MAX_SAFE_INTEGER;
  const least = !isAny(minimum)
    ? `${minimum}`
    : isAny(exclusiveMinimum)
      ? null
      : `above ${exclusiveMinimum}`;
  const most = !isAny(maximum)
    ? `${maximum}`
    : isAny(exclusiveMaximum)
      ? null
      : `below ${exclusiveMaximum}`;
  if (least === null && most === null) return "";
  if (least === null) return `, at most ${most}`;
  return most === null ? `, from ${least}` : `, ${least} to ${most}`;
}
