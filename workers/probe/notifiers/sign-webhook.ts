/** Signatures of Standard Webhooks: https://www.standardwebhooks.com, version v1 (HMAC-SHA256). */

/** Bytes that a secret may have. */
const shortest = 24;
const longest = 64;

/** Whether a text is a secret: `whsec_` and 24 to 64 bytes in base64. */
export function isWebhookSecret(text: string): boolean {
  return keyOf(text) !== null;
}

/** In words, what such a secret is. */
export const webhookSecretWords = `whsec_ followed by ${shortest} to ${longest} random bytes in base64; two of them, with a space between, while one takes the other's place`;

/** The secrets in a setting: one, or two while one takes the other's place; null where malformed. */
export function webhookSecrets(text: string): string[] | null {
  const secrets = text.trim().split(/\s+/);
  return secrets.length <= 2 && secrets.every(isWebhookSecret) ? secrets : null;
}

/**
 * The headers that sign a body.
 *
 * @param id the same however often the message is sent; no full stop in it
 * @param now epoch seconds, of this attempt
 * @param secrets each makes one signature
 */
export async function signWebhook(
  id: string,
  now: number,
  body: string,
  secrets: readonly string[],
): Promise<Record<string, string>> {
  const signed = new TextEncoder().encode(`${id}.${now}.${body}`);
  const signatures = await Promise.all(
    secrets.map(async (secret) => {
      const bytes = keyOf(secret);
      if (bytes === null) throw new Error("a webhook's secret is malformed");
      const algorithm = { name: "HMAC", hash: "SHA-256" };
      const key = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign"]);
      const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, signed));
      return `v1,${btoa(String.fromCharCode(...signature))}`;
    }),
  );
  return {
    "webhook-id": id,
    "webhook-timestamp": String(now),
    "webhook-signature": signatures.join(" "),
  };
}

function keyOf(secret: string): Uint8Array | null {
  const [, encoded] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  if (encoded === undefined || encoded.length % 4 !== 0) return null;
  const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  return bytes.length >= shortest && bytes.length <= longest ? bytes : null;
}
