import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The repository's root folder, with a slash at its end. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** Files by their path from the root, with slashes; the values are their text. */
export type Sources = ReadonlyMap<string, string>;

const notOurs = new Set(["node_modules", ".git", ".data", ".wrangler", "dist"]);

/** The paths, from the root and sorted, of our own files that match a glob. */
export function filesMatching(...patterns: readonly string[]): string[] {
  const isForeign = (path: string): boolean =>
    path.split(/[\\/]/).some((part) => notOurs.has(part));
  return globSync([...patterns], { cwd: root, exclude: isForeign })
    .map((path) => path.replaceAll("\\", "/"))
    .sort();
}

/** Reads files named by their paths from the root. */
export function readSources(paths: readonly string[]): Sources {
  return new Map(paths.map((path) => [path, readFileSync(`${root}${path}`, "utf8")]));
}
