import { join, number, vector } from "./bytes.ts";
import {
  contentTypes,
  extensions,
  groups,
  messageTypes,
  signatureAlgorithms,
  tls12Suites,
  tls13Suites,
  versions,
} from "./constants.ts";

/** A key of ours for one group, of which the server may choose one. */
export interface KeyShare {
  readonly group: (typeof groups)[number];
  readonly privateKey: CryptoKey;
  readonly publicKey: Uint8Array;
}

/** Makes a key for every group. */
export function makeKeyShares(): Promise<KeyShare[]> {
  return Promise.all(
    groups.map(async (group) => {
      const pair = await crypto.subtle.generateKey(group.algorithm, false, ["deriveBits"]);
      if (!("publicKey" in pair)) throw new TypeError(`${group.algorithm.name} made no pair`);
      const raw = await crypto.subtle.exportKey("raw", pair.publicKey);
      if (!(raw instanceof ArrayBuffer)) throw new TypeError("a raw key is not bytes");
      return { group, privateKey: pair.privateKey, publicKey: new Uint8Array(raw) };
    }),
  );
}

/**
 * A ClientHello that offers TLS 1.3 and 1.2 (RFC 8446, 4.1.2), without the record around it.
 *
 * @param serverName null to name none, as is the rule for an IP address
 */
export function clientHello(
  serverName: string | null,
  shares: readonly KeyShare[],
): Uint8Array<ArrayBuffer> {
  const shorts = (values: readonly number[]) => values.flatMap((value) => number(value, 2));
  const extension = (type: number, content: Uint8Array | readonly number[]) =>
    join(number(type, 2), vector(2, content));
  const keys = shares.map((share) => join(number(share.group.id, 2), vector(2, share.publicKey)));
  const names =
    serverName === null
      ? []
      : [
          extension(
            extensions.serverName,
            vector(2, number(0, 1), vector(2, new TextEncoder().encode(serverName))),
          ),
        ];
  const body = join(
    number(versions.tls12, 2),
    crypto.getRandomValues(new Uint8Array(32)),
    // Servers and middleboxes that know only TLS 1.2 take it for a resumption (RFC 8446, D.4).
    vector(1, crypto.getRandomValues(new Uint8Array(32))),
    vector(2, shorts([...Object.keys(tls13Suites).map(Number), ...tls12Suites])),
    vector(1, [0]),
    vector(
      2,
      ...names,
      extension(extensions.supportedGroups, vector(2, shorts(shares.map(({ group }) => group.id)))),
      extension(extensions.ecPointFormats, vector(1, [0])),
      extension(extensions.signatureAlgorithms, vector(2, shorts(signatureAlgorithms))),
      extension(extensions.extendedMasterSecret, []),
      extension(extensions.renegotiationInfo, vector(1)),
      extension(extensions.supportedVersions, vector(1, shorts([versions.tls13, versions.tls12]))),
      extension(extensions.keyShare, vector(2, ...keys)),
    ),
  );
  return join(number(messageTypes.clientHello, 1), vector(3, body));
}

/** A handshake message as a record, with the version that even old servers take. */
export function handshakeRecord(message: Uint8Array): Uint8Array<ArrayBuffer> {
  return join(number(contentTypes.handshake, 1), number(versions.tls10, 2), vector(2, message));
}
