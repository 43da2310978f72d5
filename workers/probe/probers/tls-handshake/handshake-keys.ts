/** As much of TLS 1.3's key schedule (RFC 8446, 7.1) as reading the server's handshake takes. */
import { join, MalformedError, number, vector } from "./bytes.ts";
import type { KeyShare } from "./client-hello.ts";
import { contentTypes, tls13Suites } from "./constants.ts";
import type { Content, TlsRecord } from "./records.ts";
import type { ServerHello } from "./server-hello.ts";

/** Decrypts the server's records, in the order in which they came. */
export type RecordOpener = (record: TlsRecord) => Promise<Content>;

/**
 * Derives the key of the server's handshake records.
 *
 * @param transcript ClientHello and ServerHello, without the records around them
 * @throws MalformedError where the server chose what was not offered
 */
export async function recordOpener(
  hello: Extract<ServerHello, { version: "1.3" }>,
  shares: readonly KeyShare[],
  transcript: Uint8Array<ArrayBuffer>,
): Promise<RecordOpener> {
  const suite = tls13Suites[hello.suite];
  const share = shares.find(({ group }) => group.id === hello.group);
  if (!suite || !share) throw new MalformedError("the server chose what was not offered");
  const { hash, hashBytes, keyBytes } = suite;

  const expand = (secret: BufferSource, label: string, context: Uint8Array, length: number) => {
    const name = new TextEncoder().encode(`tls13 ${label}`);
    // RFC 5869, 2.3, with one round: nothing here is longer than a hash.
    const info = join(number(length, 2), vector(1, name), vector(1, context), [1]);
    return hmac(hash, secret, info).then((bytes) => bytes.slice(0, length));
  };
  const digest = async (bytes: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(await crypto.subtle.digest(hash, bytes));

  const nothing = new Uint8Array(hashBytes);
  const early = await hmac(hash, nothing, nothing);
  const derived = await expand(early, "derived", await digest(new Uint8Array()), hashBytes);
  const handshake = await hmac(hash, derived, await agree(share, hello.key));
  const traffic = await expand(handshake, "s hs traffic", await digest(transcript), hashBytes);
  const none = new Uint8Array();
  const rawKey = await expand(traffic, "key", none, keyBytes);
  const iv = await expand(traffic, "iv", none, 12);
  const key = await crypto.subtle.importKey("raw", rawKey, "AES-GCM", false, ["decrypt"]);

  let sequence = 0;
  return async ({ header, content }) => {
    const nonce = iv.slice();
    new DataView(nonce.buffer).setUint32(8, new DataView(iv.buffer).getUint32(8) ^ sequence);
    sequence += 1;
    const algorithm = { name: "AES-GCM", iv: nonce, additionalData: header };
    let inner: Uint8Array;
    try {
      inner = new Uint8Array(await crypto.subtle.decrypt(algorithm, key, content));
    } catch {
      throw new MalformedError("a record does not decrypt");
    }
    return unpad(inner);
  };
}

/** The real type stands behind the content, before the padding (RFC 8446, 5.2). */
function unpad(inner: Uint8Array): Content {
  const end = inner.findLastIndex((byte) => byte !== 0);
  const type = inner[end];
  if (type === undefined || type === contentTypes.changeCipherSpec) {
    throw new MalformedError("a record has no type");
  }
  return { type, content: inner.subarray(0, end) };
}

async function agree(
  { group, privateKey }: KeyShare,
  theirs: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { algorithm } = group;
    const key = await crypto.subtle.importKey("raw", new Uint8Array(theirs), algorithm, false, []);
    const bits = algorithm.name === "ECDH" && algorithm.namedCurve === "P-384" ? 384 : 256;
    const how = { name: algorithm.name, public: key };
    return new Uint8Array(await crypto.subtle.deriveBits(how, privateKey, bits));
  } catch {
    throw new MalformedError("the server's key is none");
  }
}

async function hmac(
  hash: string,
  key: BufferSource,
  bytes: BufferSource,
): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = { name: "HMAC", hash };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, bytes));
}
