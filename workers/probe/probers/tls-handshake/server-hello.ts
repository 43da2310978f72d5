import { ByteReader, MalformedError } from "./bytes.ts";
import { extensions, versions } from "./constants.ts";

/** What the server chose. */
export type ServerHello =
  | {
      readonly version: "1.3";
      readonly suite: number;
      readonly group: number;
      readonly key: Uint8Array;
    }
  | { readonly version: "1.2" }
  /** An older version, in words. */
  | { readonly version: "older"; readonly name: string };

/** The random value by which a TLS 1.3 server asks for another hello (RFC 8446, 4.1.3). */
const retryRandom = [
  0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
  0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/**
 * Parses the body of a ServerHello.
 *
 * @throws MalformedError on what is none
 * @throws RangeError where the server asks for another hello, which it may, and we cannot
 */
export function parseServerHello(body: Uint8Array): ServerHello {
  const reader = new ByteReader(body);
  const version = reader.number(2);
  const random = reader.take(32);
  reader.vector(1);
  const suite = reader.number(2);
  reader.take(1);
  const found = reader.isAtEnd ? new Map<number, Uint8Array>() : parseExtensions(reader.vector(2));
  const chosen = found.get(extensions.supportedVersions);
  if (chosen !== undefined && new ByteReader(chosen).number(2) === versions.tls13) {
    if (random.every((byte, index) => byte === retryRandom[index])) {
      throw new RangeError("the server asks for another ClientHello, which is not implemented");
    }
    const share = found.get(extensions.keyShare);
    if (share === undefined) throw new MalformedError("the server sent no key");
    const shareReader = new ByteReader(share);
    return { version: "1.3", suite, group: shareReader.number(2), key: shareReader.vector(2) };
  }
  if (version === versions.tls12) return { version: "1.2" };
  if (version < 0x0300 || version > versions.tls12) throw new MalformedError("no known version");
  return { version: "older", name: version === 0x0300 ? "SSL 3.0" : `TLS 1.${version - 0x0301}` };
}

function parseExtensions(bytes: Uint8Array): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  for (const reader = new ByteReader(bytes); !reader.isAtEnd; ) {
    found.set(reader.number(2), reader.vector(2));
  }
  return found;
}
