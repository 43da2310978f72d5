import type { z } from "zod";
import { type Config, configSchema } from "./schema.ts";

/** A configuration, or every mistake in it, one readable line each. */
export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly mistakes: readonly string[] };

/**
 * Validates a configuration as a whole. Values are never repeated in a mistake: headers and
 * bodies may hold secrets.
 */
export function parseConfig(input: unknown): ParsedConfig {
  const parsed = configSchema.safeParse(input);
  if (parsed.success) return { ok: true, config: parsed.data };
  return { ok: false, mistakes: parsed.error.issues.map(describeIssue) };
}

/** One line for one mistake: `monitors[3].intervalSeconds: what is wrong and what is allowed`. */
export function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      return index === 0 ? String(part) : `.${String(part)}`;
    })
    .join("");
  return `${path === "" ? "the file" : path}: ${issue.message}`;
}
