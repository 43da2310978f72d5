/**
 * References in a probe's texts: `{{secret.PROBE_…}}` to a secret of the Worker, `{{name}}` to a
 * value that an earlier step of a transaction extracted. Filled in at probe time, never stored.
 */

const reference = /\{\{([^{}]*)\}\}/g;
const secretReference = /^secret\.PROBE_[A-Z0-9_]+$/;

/** Values by what stands between the braces, for example `secret.PROBE_TOKEN` or `token`. */
export type TemplateValues = ReadonlyMap<string, string>;

/** A text filled in, or the references that have no value. */
export type Filled =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly missing: readonly string[] };

/** Whether there is anything to fill in. */
export function isTemplate(text: string): boolean {
  return text.includes("{{");
}

/** What a text refers to, in order. */
export function referencesIn(text: string): string[] {
  if (!isTemplate(text)) return [];
  return [...text.matchAll(reference)].map(([, name = ""]) => name.trim());
}

/** Whether a reference is to a secret. */
export function isSecretReference(name: string): boolean {
  return name.startsWith("secret.");
}

/**
 * Says what is wrong with the references in a text, or null.
 *
 * @param values the names of values that earlier steps extracted
 */
export function templateProblem(text: string, values: ReadonlySet<string>): string | null {
  if (!isTemplate(text)) return null;
  if (text.replaceAll(reference, "").includes("{{")) {
    return "a reference begins with {{, holds no braces, and ends with }}";
  }
  for (const name of referencesIn(text)) {
    if (secretReference.test(name) || values.has(name)) continue;
    if (isSecretReference(name)) {
      return "a secret is named {{secret.PROBE_…}}, in capital letters, digits and _: only Worker secrets that begin with PROBE_ can be named";
    }
    const known = [...values].map((value) => `{{${value}}}`).join(", ");
    const extracted =
      known === "" ? "no step before extracts a value" : `extracted so far: ${known}`;
    return `no such reference: allowed are {{secret.PROBE_…}} and values of earlier steps (${extracted})`;
  }
  return null;
}

/**
 * Puts values in the place of references.
 *
 * @param encode how a value is written where it stands, for example percent-encoded
 */
export function fillTemplate(
  text: string,
  values: TemplateValues,
  encode: (value: string) => string = (value) => value,
): Filled {
  if (!isTemplate(text)) return { ok: true, text };
  const missing = referencesIn(text).filter((name) => !values.has(name));
  if (missing.length > 0) return { ok: false, missing: [...new Set(missing)] };
  const filled = text.replaceAll(reference, (_, name: string) =>
    encode(values.get(name.trim()) ?? ""),
  );
  return { ok: true, text: filled };
}
