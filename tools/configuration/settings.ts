/** Every setting of the Workers and of the tools, read from the schemas that parse them. */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** Where a setting is read. */
export const places = ["probe", "api", "both", "tools"] as const;
export type Place = (typeof places)[number];

/** One setting, as its schema tells. */
export interface Setting {
  readonly name: string;
  readonly place: Place;
  /** The file of its schema, from the root of the project. */
  readonly file: string;
  /** The schema's export, which groups settings. */
  readonly group: string;
  /** Empty where the schema says none, which a test refuses. */
  readonly description: string;
  readonly example: string;
  /** What it is if nobody sets it; null: nothing, and what needs it is off. */
  readonly usually: string | null;
  readonly unit: string | null;
  readonly isSecret: boolean;
  /** Without it the Worker does not run. */
  readonly isRequired: boolean;
  /** Named for later; nothing reads it. */
  readonly isReserved: boolean;
  /** Parses a text, which is what an environment holds. */
  readonly schema: z.ZodType;
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const exported = /^export const (\w*[sS]ettingsSchema)\b/gm;
const settingName = /^[A-Z][A-Z0-9_]+$/;

const metaSchema = z.looseObject({
  description: z.string().default(""),
  example: z.coerce.string().default(""),
  unit: z.string().nullable().default(null),
  secret: z.boolean().default(false),
  usually: z.string().nullable().default(null),
});

/**
 * Finds every `export const …SettingsSchema = z.object({ … })` of the Workers, of what they share and
 * of the tools; one that begins with `reserved` is read by nothing.
 */
export async function readSettings(): Promise<readonly Setting[]> {
  const files = globSync(["workers/**/*.ts", "shared/**/*.ts", "tools/**/*settings.ts"], {
    cwd: root,
    exclude: (name) => name.endsWith(".test.ts") || name.endsWith("testing"),
  }).sort();
  const found = await Promise.all(files.map((file) => settingsIn(file)));
  const all = found.flat();
  const seen = new Set<string>();
  return all.filter(({ name, place }) => {
    const key = `${place} ${name}`;
    return !seen.has(key) && seen.add(key);
  });
}

async function settingsIn(file: string): Promise<Setting[]> {
  const names = [...readFileSync(`${root}${file}`, "utf8").matchAll(exported)].map(
    ([, name]) => name,
  );
  if (names.length === 0) return [];
  const module: unknown = await import(/* @vite-ignore */ new URL(file, `file://${root}`).href);
  const exports = z.looseObject({}).parse({ ...Object(module) });
  return names.flatMap((group) => {
    const schema = group === undefined ? undefined : exports[group];
    if (group === undefined || !(schema instanceof z.ZodObject)) return [];
    return Object.entries(z.looseObject({}).parse(schema.shape)).flatMap(([name, field]) =>
      settingName.test(name) && field instanceof z.ZodType
        ? [settingOf(name, field, file, group)]
        : [],
    );
  });
}

function settingOf(name: string, schema: z.ZodType, file: string, group: string): Setting {
  const meta = metaSchema.parse(metaOf(schema));
  const unset = schema.safeParse(undefined);
  return {
    name,
    place: placeOf(file),
    file,
    group,
    description: meta.description,
    example: meta.example,
    usually: meta.usually ?? defaultOf(schema, unset),
    unit: meta.unit,
    isSecret: meta.secret,
    isRequired: !unset.success,
    isReserved: group.startsWith("reserved"),
    schema,
  };
}

/** What is said of a schema or of what it wraps; the outermost word counts. */
function metaOf(schema: z.ZodType): object {
  const inner = innerOf(schema);
  return { ...(inner === null ? {} : metaOf(inner)), ...schema.meta() };
}

function innerOf(schema: z.ZodType): z.ZodType | null {
  if (schema instanceof z.ZodPipe) return schema.in instanceof z.ZodType ? schema.in : null;
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodCatch
  ) {
    const inner: unknown = schema.unwrap();
    return inner instanceof z.ZodType ? inner : null;
  }
  return null;
}

/** As people write it: what the schema says as input, else what it makes of nothing. */
function defaultOf(schema: z.ZodType, unset: z.ZodSafeParseResult<unknown>): string | null {
  const { default: said } = z
    .looseObject({ default: z.unknown().optional() })
    .parse(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
  const value = said ?? (unset.success ? unset.data : null);
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function placeOf(file: string): Place {
  if (file.startsWith("workers/probe/")) return "probe";
  if (file.startsWith("workers/api/")) return "api";
  return file.startsWith("tools/") ? "tools" : "both";
}
