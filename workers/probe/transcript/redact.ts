/** Takes out of a transcript what may be a secret (law 6). */
import { formsOf, type Redact, redacted, redactor } from "../../../shared/redact.ts";

/** A shorter value, if only suspected, would be found everywhere: a transcript made of holes. */
const shortestSuspect = 6;

const word = "token|secret|password|passwd|api[-_]?key|session|credential|signature";

/** Headers whose values are secrets whatever they hold, and names that say so of themselves. */
const sensitiveName = new RegExp(
  `^(?:authorization|proxy-authorization|cookie|set-cookie)$|${word}`,
  "i",
);

/** Strings in JSON, by the member's name; to the end of the text where it was cut. */
const sensitiveMember = new RegExp(
  `("[^"\\\\]{0,60}(?:${word})[^"\\\\]{0,60}"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*(?:"|\\\\?$)`,
  "gi",
);

/** Fields of forms and queries, by name. */
const sensitiveField = new RegExp(`\\b(\\w{0,30}(?:${word})\\w{0,30}=)[^\\s&"'<>;]+`, "gi");

/** Whether a header's value must not be shown. */
export function isSensitiveName(name: string): boolean {
  return sensitiveName.test(name);
}

/** The values in a sensitive header that a target may repeat by themselves. */
export function secretsInHeader(name: string, value: string): string[] {
  const afterEquals = (pair: string) => pair.slice(pair.indexOf("=") + 1);
  switch (name.toLowerCase()) {
    case "set-cookie":
      return [afterEquals(value.split(";", 1)[0] ?? "")];
    case "cookie":
      return value.split(";").map(afterEquals);
    case "authorization":
    case "proxy-authorization": {
      const [scheme = "", credentials = ""] = value.trim().split(/\s+/, 2);
      return scheme.toLowerCase() === "basic"
        ? [credentials, ...decodeBasic(credentials)]
        : [credentials];
    }
    default:
      return [value];
  }
}

/** A query's value as long as this is taken for a secret whatever its name. */
const suspiciousLength = 16;

/** The values in a URL that a target may repeat. */
export function secretsInUrl(text: string): string[] {
  if (!URL.canParse(text)) return [];
  const { username, password, searchParams } = new URL(text);
  const suspicious = [...searchParams]
    .filter(([name, value]) => isSensitiveName(name) || value.length >= suspiciousLength)
    .map(([, value]) => value);
  return [username, password, decoded(username), decoded(password), ...suspicious];
}

/** Of a request's body nothing is told: neither as a whole, nor what a target repeats of it. */
export function secretsInBody(body: string): string[] {
  try {
    return [body, ...textsIn(JSON.parse(body))];
  } catch {
    return [body, ...new URLSearchParams(body).values()];
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

/** Percent-decoded where it can be. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Replaces secret values in text, in each form in which a target may give them back. */
export class Redactor {
  readonly #secrets: Set<string>;
  #redact: Redact | null = null;

  /** @param values secrets known from the beginning */
  constructor(values: Iterable<string>) {
    this.#secrets = new Set(values);
  }

  /** One more value that must not be seen. */
  add(value: string): void {
    const trimmed = value.trim();
    if (trimmed.length < shortestSuspect) return;
    this.#secrets.add(trimmed);
    this.#redact = null;
  }

  /** Text without secret values and without the values of members whose name tells of one. */
  text(text: string): string {
    this.#redact ??= redactor(this.#secrets);
    return this.#redact(text)
      .replace(sensitiveMember, `$1"${redacted}"`)
      .replace(sensitiveField, `$1${redacted}`);
  }

  /**
   * The beginning of a text, redacted.
   *
   * @param most characters that are kept
   */
  beginning(text: string, most: number): string {
    const cut = text.slice(0, most);
    return this.text(text.length > most ? this.#withoutPart(cut) : cut);
  }

  /** A header's value. */
  header(name: string, value: string): string {
    return isSensitiveName(name) ? redacted : this.text(value);
  }

  /** A URL without user information and without the values of its query, which may be secrets. */
  url(text: string): string {
    if (!URL.canParse(text)) return redacted;
    const { origin, pathname, searchParams } = new URL(text);
    const query = [...searchParams]
      .map(([name, value]) => (value === "" ? redacted : `${encodeURIComponent(name)}=${redacted}`))
      .join("&");
    return this.text(`${origin}${pathname}${query === "" ? "" : `?${query}`}`);
  }

  /** Without the first half of a secret that the cut went through. */
  #withoutPart(cut: string): string {
    let end = cut.length;
    for (const secret of [...this.#secrets].flatMap(formsOf)) {
      for (let length = Math.min(secret.length - 1, cut.length); length >= 3; length -= 1) {
        if (cut.endsWith(secret.slice(0, length))) {
          end = Math.min(end, cut.length - length);
          break;
        }
      }
    }
    return cut.slice(0, end);
  }
}

/** The password of basic credentials (RFC 7617); nothing where they are malformed. */
function decodeBasic(credentials: string): string[] {
  try {
    const bytes = Uint8Array.from(atob(credentials), (character) => character.charCodeAt(0));
    const text = new TextDecoder().decode(bytes);
    return [text, text.slice(text.indexOf(":") + 1)];
  } catch {
    return [];
  }
}
