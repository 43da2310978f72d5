import type { HttpAuth, HttpExchange } from "../../../shared/domain/probes/http.ts";
import {
  fillTemplate,
  isSecretReference,
  isTemplate,
  referencesIn,
  type TemplateValues,
} from "../../../shared/template.ts";

/** A request as it can be sent. */
export interface FilledRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | null;
  /** Headers that let us in: they do not leave the origin they are meant for. */
  readonly confidential: readonly string[];
  /** The body holds a secret or what was extracted. */
  readonly bodyIsConfidential: boolean;
}

/** Why a request cannot be made of an exchange and the values there are. */
export type Unfillable = {
  /** What to blame: our configuration, or what the target gave us to use. */
  readonly fault: "secret" | "value";
  readonly why: string;
};

/** As the platform takes them; a line break would begin another header. */
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;
const alwaysConfidential = ["authorization", "cookie", "proxy-authorization"];

/** Thrown inside of this file only. */
class UnfillableError extends Error {
  readonly unfillable: Unfillable;
  constructor(unfillable: Unfillable) {
    super(unfillable.why);
    this.unfillable = unfillable;
  }
}

/**
 * Fills in an exchange's references. In the URL values are percent-encoded, so that they stay where
 * they were put; in a JSON or form body they are written as such a body writes them.
 */
export function fillRequest(
  exchange: HttpExchange,
  values: TemplateValues,
  userAgent: string,
): { readonly ok: true; readonly request: FilledRequest } | ({ readonly ok: false } & Unfillable) {
  const known = constant.get(exchange);
  if (known?.headers.get("User-Agent") === userAgent) return { ok: true, request: known };
  try {
    const request = fill(exchange, values, userAgent);
    if (!refersToAnything(exchange)) constant.set(exchange, request);
    return { ok: true, request };
  } catch (error) {
    if (error instanceof UnfillableError) return { ok: false, ...error.unfillable };
    throw error;
  }
}

/** Requests of exchanges that refer to nothing: made once, for they are the same on every tick. */
const constant = new WeakMap<HttpExchange, FilledRequest>();

function refersToAnything({ url, headers, body, auth }: HttpExchange): boolean {
  return auth !== undefined || [url, body ?? "", ...Object.values(headers)].some(isTemplate);
}

function fill(exchange: HttpExchange, values: TemplateValues, userAgent: string): FilledRequest {
  const { url, method, headers, body, auth } = exchange;
  const filled = new Headers();
  const confidential = [...alwaysConfidential];
  for (const [name, text] of Object.entries(headers)) {
    if (isTemplate(text)) confidential.push(name.toLowerCase());
    filled.set(name, fillHeader(name, text, values));
  }
  filled.set("User-Agent", userAgent);
  if (auth !== undefined) filled.set("Authorization", credentials(auth, values));
  return {
    url: fillText(url, values, encodeURIComponent),
    method,
    headers: filled,
    body: body === null ? null : fillText(body, values, bodyEncoding(filled.get("Content-Type"))),
    confidential,
    bodyIsConfidential: body !== null && isTemplate(body),
  };
}

function credentials(auth: HttpAuth, values: TemplateValues): string {
  if (auth.kind === "bearer") {
    return `Bearer ${fillHeader("Authorization", auth.token, values)}`;
  }
  const pair = `${fillText(auth.username, values)}:${fillText(auth.password, values)}`;
  // RFC 7617, 2.1: characters beyond ASCII as UTF-8.
  return `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(pair)))}`;
}

function fillHeader(name: string, text: string, values: TemplateValues): string {
  const filled = fillText(text, values);
  if (headerValue.test(filled)) return filled;
  const references = referencesIn(text);
  const why = `{{${references.join("}}, {{")}}} cannot be sent in the header ${name}`;
  throw new UnfillableError({ fault: faultOf(references), why });
}

function fillText(
  text: string,
  values: TemplateValues,
  encode?: (value: string) => string,
): string {
  const filled = fillTemplate(text, values, encode);
  if (filled.ok) return filled.text;
  const names = filled.missing.map((name) => name.replace(/^secret\./, ""));
  const why = `${names.join(", ")} ${names.length === 1 ? "is" : "are"} not set`;
  throw new UnfillableError({ fault: faultOf(filled.missing), why });
}

function faultOf(references: readonly string[]): Unfillable["fault"] {
  return references.every(isSecretReference) ? "secret" : "value";
}

function bodyEncoding(contentType: string | null): (value: string) => string {
  if (contentType === null) return (value) => value;
  if (/\bjson\b/i.test(contentType)) return (value) => JSON.stringify(value).slice(1, -1);
  if (/x-www-form-urlencoded/i.test(contentType)) return encodeURIComponent;
  return (value) => value;
}
