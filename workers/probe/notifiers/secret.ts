/** References to secrets in a channel's settings: `{{secret.OPS_SLACK_URL}}`. */
import { z } from "zod";
import { type Redact, redactor } from "../../../shared/redact.ts";
import { type ChannelSecrets, MisconfiguredChannel } from "./notifier.ts";

const references = /\{\{\s*secret\.([A-Z][A-Z0-9_]*)\s*\}\}/g;
const oneReference = /^\{\{\s*secret\.([A-Z][A-Z0-9_]*)\s*\}\}$/;

/** A setting that names a secret and holds none. */
export const secretReference = z
  .string()
  .regex(oneReference, "{{secret.NAME}}: a secret of the probe Worker, by its name in capitals");

/** The strings among a Worker's environment, by name. */
export function channelSecretsOf(env: object): ChannelSecrets {
  const named = Object.entries(env).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "",
  );
  return new Map(named);
}

/** The name that a reference holds. @throws MisconfiguredChannel where it is no reference */
export function secretName(reference: string): string {
  const [, name] = oneReference.exec(reference) ?? [];
  if (name === undefined) throw new MisconfiguredChannel("a secret is not named {{secret.NAME}}");
  return name;
}

/** The value of a secret. @throws MisconfiguredChannel where it is not set */
export function secretValue(reference: string, secrets: ChannelSecrets): string {
  const name = secretName(reference);
  const value = secrets.get(name);
  if (value === undefined) throw new MisconfiguredChannel(`${name} is not set`);
  return value;
}

/** The value of a secret that goes into a header. @throws MisconfiguredChannel where it cannot */
export function headerSecret(reference: string, secrets: ChannelSecrets): string {
  const value = secretValue(reference, secrets).trim();
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new MisconfiguredChannel(`${secretName(reference)} has characters that no such key has`);
}

/** The value of a secret that is a URL. @throws MisconfiguredChannel where it is none */
export function secretUrl(reference: string, secrets: ChannelSecrets): URL {
  const value = secretValue(reference, secrets).trim();
  if (isChannelUrl(value)) return new URL(value);
  throw new MisconfiguredChannel(`${secretName(reference)} is not ${channelUrlWords}`);
}

export const channelUrlWords = "an https URL";

/** Whether secrets may be sent there: https, or this machine. */
export function isChannelUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  return protocol === "https:" || (protocol === "http:" && isLocal);
}

/** A setting that is a URL and no secret, without a slash at its end. */
export const apiUrl = (fallback: string) =>
  z.string().refine(isChannelUrl, channelUrlWords).default(fallback);

/** A path below a URL, however many slashes it ends with. */
export function below(base: string, path: string): URL {
  return new URL(`${base.replace(/\/+$/, "")}/${path}`);
}

/** The names of the secrets that settings refer to, wherever they stand. */
export function secretsNamedIn(settings: unknown): string[] {
  const text = JSON.stringify(settings) ?? "";
  return [...new Set([...text.matchAll(references)].map(([, name = ""]) => name))];
}

/** Takes the secrets that settings refer to out of a text, also the secret parts of their URLs. */
export function channelRedactor(settings: unknown, secrets: ChannelSecrets): Redact {
  const values = secretsNamedIn(settings).flatMap((name) => secrets.get(name) ?? []);
  return redactor(values.flatMap((value) => [value, value.trim(), ...secretParts(value)]));
}

/** A receiver may repeat a part: of a URL its path or one key in it, of two keys the second. */
function secretParts(value: string): string[] {
  const isLong = (part: string) => part.length >= 8;
  if (!URL.canParse(value)) {
    const keys = value.split(/[\s:]+/);
    return [...keys, ...keys.map((one) => one.replace(/^whsec_/, ""))].filter(isLong);
  }
  const { pathname, search, searchParams, username, password } = new URL(value);
  return [
    ...(isLong(pathname) ? [`${pathname}${search}`, pathname] : []),
    ...[...pathname.split("/"), ...searchParams.values(), username, password].filter(isLong),
  ];
}
