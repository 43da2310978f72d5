import { statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseConfig } from "../../shared/config/parse.ts";
import type { Config } from "../../shared/config/schema.ts";
import { shown } from "../runtime/project.ts";
import { privateTargets } from "./private-targets.ts";

/** Which configuration is meant. */
export type ConfigSource = {
  /** Relative to where the command runs. */
  readonly file: string;
  /** Takes the place of the file's `baseUrl`. */
  readonly baseUrl?: string | undefined;
  /** Takes the place of the file's `controls`. */
  readonly controls?: readonly string[] | undefined;
  /** Whether targets that are private, also by what they resolve to, are mistakes. */
  readonly refusesPrivate?: boolean;
};

/** A configuration, or why there is none. */
export type LoadedConfig =
  | { readonly kind: "loaded"; readonly config: Config }
  /** The file could not be run. One readable line, the file named. */
  | { readonly kind: "unreadable"; readonly message: string }
  /** It was run, and breaks rules. A line for every mistake, with its path in the file. */
  | { readonly kind: "refused"; readonly file: string; readonly mistakes: readonly string[] };

/**
 * Runs a configuration file and validates what it exports; changes nothing and never throws. A
 * file that changed since this process ran it is run again, but not what it imports.
 */
export async function loadConfig(source: ConfigSource): Promise<LoadedConfig> {
  const { file, baseUrl, controls, refusesPrivate = false } = source;
  const path = resolve(file);
  const unreadable = (why: string): LoadedConfig => {
    return { kind: "unreadable", message: `${shown(path)}: ${why}` };
  };
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return unreadable("there is no such file");
  if (!stat.isFile()) return unreadable("is no file");
  const url = pathToFileURL(path);
  url.searchParams.set("modified", String(stat.mtimeMs));
  let module: object;
  try {
    module = await import(url.href);
  } catch (thrown) {
    const { line, why } = explain(thrown, path);
    const place = line === null ? "" : `${line}:`;
    return { kind: "unreadable", message: `${shown(path)}:${place} ${why}` };
  }
  if (!("default" in module)) {
    return unreadable("exports nothing; it has to say: export default defineConfig({ … })");
  }
  const parsed = parseConfig(override(module.default, { baseUrl, controls }));
  if (!parsed.ok) return { kind: "refused", file: shown(path), mistakes: parsed.mistakes };
  const mistakes = refusesPrivate ? await privateTargets(parsed.config) : [];
  if (mistakes.length > 0) return { kind: "refused", file: shown(path), mistakes };
  return { kind: "loaded", config: parsed.config };
}

function override(exported: unknown, instead: Pick<ConfigSource, "baseUrl" | "controls">): unknown {
  if (typeof exported !== "object" || exported === null) return exported;
  const given = Object.entries(instead).filter(([, value]) => value !== undefined);
  return { ...exported, ...Object.fromEntries(given) };
}

/** What Node says about a module it cannot run, in one line, and the line of the file if it knows. */
function explain(thrown: unknown, path: string): { line: string | null; why: string } {
  if (!(thrown instanceof Error)) return { line: null, why: `threw ${String(thrown)}` };
  const place = (thrown.stack ?? "").split(path)[1];
  const line = place?.match(/^(?:\?modified=[\d.]+)?:(\d+)/)?.[1] ?? null;
  const [message = ""] = thrown.message.replaceAll(/ imported from .*/g, "").split("\n");
  const code = "code" in thrown ? thrown.code : undefined;
  if (code === "ERR_UNKNOWN_FILE_EXTENSION" || code === "ERR_IMPORT_ATTRIBUTE_MISSING") {
    return { line: null, why: "its name has to end in .ts, .mts, .js or .mjs" };
  }
  if (code === "ERR_MODULE_NOT_FOUND") {
    return { line, why: message.replace(/'(\/[^']*)'/, (_, file: string) => shown(file)) };
  }
  return { line, why: thrown instanceof SyntaxError ? `syntax error: ${message}` : message };
}
