import { z } from "zod";

const shortest = 16;

/** A key that lets somebody in: visible ASCII, as it has to fit into an Authorization header. */
export const accessKeySchema = z
  .string()
  .regex(
    new RegExp(`^[\\x21-\\x7e]{${shortest},}$`),
    `at least ${shortest} characters, visible ASCII without spaces; leave it out to turn it off`,
  );

/** Whether the two keys can be told apart. */
export function areDistinctKeys(settings: {
  readonly ADMIN_TOKEN?: string | undefined;
  readonly MONITORING_API_KEY?: string | undefined;
}): boolean {
  const { ADMIN_TOKEN, MONITORING_API_KEY } = settings;
  return ADMIN_TOKEN === undefined || ADMIN_TOKEN !== MONITORING_API_KEY;
}

/** What is wrong where they cannot. */
export const sameKeys = { path: ["ADMIN_TOKEN"], error: "not the same as MONITORING_API_KEY" };

/** An issued key as it is sent: which it is, and its secret of 256 bits, base64url. */
export interface IssuedKey {
  readonly id: string;
  readonly secret: string;
}

/** The prefix lets scanners of repositories find keys, and people tell them from others. */
export function issuedKeyText({ id, secret }: IssuedKey): string {
  return `npk_${id}_${secret}`;
}

/** Reads a key that was sent; null where it has not the form of an issued one. */
export function parseIssuedKey(text: string): IssuedKey | null {
  const [, id, secret] = /^npk_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$/.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
}

/** Takes issued keys out of a text; the id may stay. */
export function hideIssuedKeys(text: string): string {
  return text.replace(/npk_([a-z0-9]{12})_[A-Za-z0-9_-]{43}/g, "npk_$1_<secret>");
}
