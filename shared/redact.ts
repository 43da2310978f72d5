/** Takes secrets out of a text. */
export type Redact = (text: string) => string;

/** What stands in a secret's place. */
export const redacted = "<secret>";

/**
 * Makes a function that takes the values out of a text, also where they are written percent-encoded,
 * as in JSON, or in base64 (which is how basic auth sends them). Cut a text only after this: half a
 * secret is not recognised.
 */
export function redactor(values: Iterable<string>): Redact {
  const forms = [...new Set([...values].flatMap(formsOf))]
    // The longest first, or a secret that holds another would leave its rest.
    .sort((a, b) => b.length - a.length);
  if (forms.length === 0) return (text) => text;
  return (text) => forms.reduce((rest, form) => rest.replaceAll(form, redacted), text);
}

/** The forms in which a value may stand in a text. */
export function formsOf(value: string): string[] {
  if (value === "") return [];
  const whole = value.toWellFormed();
  const bytes = new TextEncoder().encode(whole);
  return [
    value,
    encodeURIComponent(whole),
    // As URLs are normalised, which leaves some characters alone.
    encodeURI(whole),
    JSON.stringify(value).slice(1, -1),
    btoa(String.fromCharCode(...bytes.subarray(0, 8_192))),
  ];
}
