import { createHash } from "node:crypto";
import type { Runtime } from "../runtime/index.ts";

/** A digest of every table, by its name: where one differs, something was written. */
export async function digestTables(runtime: Runtime): Promise<Map<string, string>> {
  const { rows } = await runtime.query(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY name",
  );
  const names = rows.map(({ name }) => String(name));
  const contents = await runtime.batch(
    names.map((name) => ({ sql: `SELECT * FROM "${name}"`, params: [] })),
  );
  return new Map(
    names.map((name, index) => {
      const lines = (contents[index]?.rows ?? []).map((row) => JSON.stringify(row)).sort();
      return [name, createHash("sha256").update(lines.join("\n")).digest("hex")];
    }),
  );
}

/** The tables that differ. */
export function differing(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  return [...after].flatMap(([name, digest]) => (before.get(name) === digest ? [] : [name]));
}
