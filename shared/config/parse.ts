import type { z } from "zod";
import { contradictions, type Mistake } from "./rules.ts";
import { type Config, configSchema } from "./schema.ts";

/** A configuration, or every mistake in it, one readable line each. */
export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly mistakes: readonly string[] };

/**
 * Validates a configuration as a whole. Values are never repeated in a mistake: headers and
 * bodies may hold secrets. (Of a malformed JSONPath query it quotes the place.)
 */
export function parseConfig(input: unknown): ParsedConfig {
  const parsed = configSchema.safeParse(input);
  const form = parsed.success ? [] : parsed.error.issues.map(mistakeOf);
  const mistakes = [...form, ...contradictions(input)];
  if (parsed.success && mistakes.length === 0) return { ok: true, config: parsed.data };
  return { ok: false, mistakes: mistakes.map(describeMistake) };
}

/** The name of an entry is not repeated either: who mixes up name and value writes a secret there. */
function mistakeOf(issue: z.core.$ZodIssue): Mistake {
  if (issue.code !== "invalid_key") return issue;
  const why = issue.issues.map(({ message }) => message).join("; ");
  return { path: issue.path.slice(0, -1), message: `a name in it is wrong: ${why}` };
}

/** One line for one mistake: `monitors[3].intervalSeconds: what is wrong and what is allowed`. */
export function describeMistake({ path, message }: Mistake): string {
  const place = path
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      return index === 0 ? String(part) : `.${String(part)}`;
    })
    .join("");
  return `${place === "" ? "the file" : place}: ${message}`;
}
