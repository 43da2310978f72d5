/**
 * The token in a ping address: the monitor's number, and its HMAC-SHA-256 (RFC 2104) under
 * HEARTBEAT_SECRET. It can be computed again to be shown, and is stored nowhere.
 */

/** Of the HMAC; half of SHA-256's output is the least that RFC 2104 advises. */
const macBytes = 20;
const tokenPattern = /^([1-9]\d{0,9})-([A-Za-z0-9_-]{27})$/;

/** The token of a monitor's number. */
export async function pingToken(secret: string, monitor: number): Promise<string> {
  return `${monitor}-${await macOf(secret, monitor)}`;
}

/** The number of the monitor whose token this is, or null. Any wrong token takes the same time. */
export async function monitorOfToken(secret: string, token: string): Promise<number | null> {
  const [, number = "0", mac = "-".repeat(27)] = tokenPattern.exec(token) ?? [];
  const expected = await macOf(secret, Number(number));
  const isRight = crypto.subtle.timingSafeEqual(encode(mac), encode(expected));
  return isRight ? Number(number) : null;
}

async function macOf(secret: string, monitor: number): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encode(secret), algorithm, false, ["sign"]);
  const message = encode(`netpost-monitoring ping ${monitor}`);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, message), 0, macBytes);
  return btoa(String.fromCharCode(...mac))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
