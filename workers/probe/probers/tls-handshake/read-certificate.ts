/**
 * Reads the certificate that a server shows, which the platform's sockets do not tell: the beginning
 * of a TLS handshake, up to the Certificate message (docs/adr/0009-own-beginning-of-a-handshake.md).
 * Nothing is verified here, nothing secret is sent, and the connection is of no use afterwards.
 */
import type { TlsVersion } from "../../../../shared/domain/probes/tls.ts";
import { ByteReader, join, MalformedError } from "./bytes.ts";
import { clientHello, handshakeRecord, makeKeyShares } from "./client-hello.ts";
import { alertName, contentTypes, messageTypes } from "./constants.ts";
import { type RecordOpener, recordOpener } from "./handshake-keys.ts";
import { MessageJoiner, recordsOf } from "./records.ts";
import { parseServerHello, type ServerHello } from "./server-hello.ts";

/** What a server shows. */
export interface ShownCertificate {
  readonly version: TlsVersion;
  /** Of the server itself, DER. */
  readonly certificate: Uint8Array<ArrayBuffer>;
}

/** The server ended the handshake, in words that follow "the server". */
export class HandshakeError extends Error {}

/** A connection: what comes, and what takes bytes to send. */
export interface Duplex {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly send: (bytes: Uint8Array) => void;
}

/**
 * Begins a handshake and reads as far as the certificate.
 *
 * @param serverName null to name none
 * @throws HandshakeError where the server will not, MalformedError where it does not speak TLS
 */
export async function readCertificate(
  { chunks, send }: Duplex,
  serverName: string | null,
): Promise<ShownCertificate> {
  const shares = await makeKeyShares();
  const hello = clientHello(serverName, shares);
  send(handshakeRecord(hello));

  const messages = new MessageJoiner();
  let chosen: Exclude<ServerHello, { version: "older" }> | null = null;
  let open: RecordOpener | null = null;
  for await (const record of recordsOf(chunks)) {
    if (record.type === contentTypes.changeCipherSpec) continue;
    const { type, content } =
      open !== null && record.type === contentTypes.applicationData ? await open(record) : record;
    if (type === contentTypes.alert) refuse(content);
    else if (type !== contentTypes.handshake) throw new MalformedError("a record out of turn");
    else {
      for (const message of messages.push(content)) {
        if (chosen === null) {
          if (message.type !== messageTypes.serverHello) {
            throw new MalformedError("the server's first message is no ServerHello");
          }
          chosen = usable(parseServerHello(message.body));
          if (chosen.version === "1.3") {
            open = await recordOpener(chosen, shares, join(hello, message.raw));
          }
        } else if (message.type === messageTypes.certificate) {
          return {
            version: chosen.version,
            certificate: firstCertificate(message.body, chosen.version),
          };
        }
      }
    }
  }
  throw new HandshakeError("ended the connection before it showed a certificate");
}

function usable(hello: ServerHello): Exclude<ServerHello, { version: "older" }> {
  if (hello.version !== "older") return hello;
  throw new HandshakeError(`speaks no newer version than ${hello.name}`);
}

const warning = 1;
const unrecognizedName = 112;

/** Every alert ends a handshake but one: a server may go on though it does not know the name. */
function refuse(content: Uint8Array): void {
  const reader = new ByteReader(content);
  const level = reader.number(1);
  const description = reader.number(1);
  if (level === warning && description === unrecognizedName) return;
  throw new HandshakeError(`refuses the handshake: ${alertName(description)}`);
}

/** Of a Certificate message: RFC 8446, 4.4.2, and RFC 5246, 7.4.2. */
function firstCertificate(body: Uint8Array, version: TlsVersion): Uint8Array<ArrayBuffer> {
  const reader = new ByteReader(body);
  if (version === "1.3") reader.vector(1);
  const list = new ByteReader(reader.vector(3));
  if (list.isAtEnd) throw new HandshakeError("shows no certificate");
  return new Uint8Array(list.vector(3));
}
