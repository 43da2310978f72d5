import { type Redact, redactor } from "../../../shared/redact.ts";
import type { TemplateValues } from "../../../shared/template.ts";

/** The secrets that monitors may refer to, and what takes them out of a text. */
export interface Secrets {
  /** By reference, for example `secret.PROBE_TOKEN`. */
  readonly values: TemplateValues;
  readonly redact: Redact;
}

/** No secrets at all: every reference to one is missing. */
export const noSecrets: Secrets = { values: new Map(), redact: (text) => text };

/** The Worker's secrets whose names begin with PROBE_. An empty one counts as missing. */
export function secretsOf(env: object): Secrets {
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith("PROBE_") && typeof value === "string" && value !== "") {
      values.set(`secret.${name}`, value);
    }
  }
  return values.size === 0 ? noSecrets : { values, redact: redactor(values.values()) };
}
