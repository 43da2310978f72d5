import { readdirSync } from "node:fs";
import { z } from "zod";

/** A schema that the contract exports. */
export interface ContractSchema {
  readonly schema: z.ZodType;
  /** Of the exporting module, from the root of the project. */
  readonly path: string;
  readonly exportName: string;
  /** For people: `outageSchema` is an Outage; one that is taken gets its module's name before. */
  readonly name: string;
}

const folders = ["shared/contract/api", "shared/contract"];
const root = new URL("../../", import.meta.url);

/** Every zod schema that a module of the contract exports, those of the API first. */
export async function contractSchemas(): Promise<ContractSchema[]> {
  const found: ContractSchema[] = [];
  const taken = new Set<string>();
  for (const folder of folders) {
    const files = readdirSync(new URL(`${folder}/`, root))
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
      // What several have in common gives its names to all.
      .sort((a, b) => Number(b === "common.ts") - Number(a === "common.ts") || (a < b ? -1 : 1));
    for (const file of files) {
      const path = `${folder}/${file}`;
      const module: unknown = await import(/* @vite-ignore */ new URL(path, root).href);
      for (const [exportName, value] of Object.entries(
        z.looseObject({}).parse({ ...Object(module) }),
      )) {
        if (!exportName.endsWith("Schema") || !(value instanceof z.ZodType)) continue;
        const short = pascal(exportName.slice(0, -"Schema".length));
        const name = taken.has(short) ? `${pascal(file.slice(0, -".ts".length))}${short}` : short;
        taken.add(name);
        found.push({ schema: value, path, exportName, name });
      }
    }
  }
  return found;
}

/** `no-such-rule`, `No such rule` and `noSuchRule` as NoSuchRule. */
export function pascal(words: string): string {
  return words
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => `${word[0]?.toUpperCase() ?? ""}${word.slice(1)}`)
    .join("");
}
