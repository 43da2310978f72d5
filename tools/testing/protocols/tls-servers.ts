import { createHash, X509Certificate } from "node:crypto";
import { createServer, type Server } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { authority, issued } from "../issued-certificate.ts";
import { selfSigned } from "../self-signed.ts";
import { trustedChain } from "../trusted-chain.ts";
import { writeForever } from "./loopback.ts";
import type { TlsServerName } from "./names.ts";

/** One server for each way in which a handshake may go. */
export function tlsServers(): Record<TlsServerName, Server> {
  const tls = (options: TlsOptions = {}) =>
    createTlsServer({ ...issued, cert: issued.cert + authority, ...options });
  const raw = (...parts: readonly Uint8Array[]) =>
    createServer((socket) => socket.once("data", () => socket.write(Buffer.concat(parts))));
  // Longer than a record: the certificate's message goes on in the next.
  const cert = issued.cert + authority.repeat(60);
  return {
    modern: tls(),
    only12: tls({ maxVersion: "TLSv1.2" }),
    only11: tls({
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT:@SECLEVEL=0",
    }),
    p256: tls({ ecdhCurve: "P-256" }),
    p384: tls({ ecdhCurve: "P-384" }),
    p521: tls({ ecdhCurve: "P-521" }),
    aes256: tls({ ciphers: "TLS_AES_256_GCM_SHA384" }),
    chacha: tls({ ciphers: "TLS_CHACHA20_POLY1305_SHA256", minVersion: "TLSv1.3" }),
    asksForCertificate: tls({ requestCert: true, ca: authority }),
    longChain: tls({ cert }),
    longChain12: tls({ cert, maxVersion: "TLSv1.2" }),
    selfSigned: tls(selfSigned),
    refusesName: raw(record(21, Buffer.from([2, 112]))),
    warnsOfName: raw(
      record(21, Buffer.from([1, 112])),
      serverHello,
      certificateOf(new X509Certificate(issued.cert).raw),
    ),
    asksAgain: raw(retryRequest),
    plain: createServer((socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    }),
    endsMidway: createServer((socket) => socket.once("data", () => socket.end(serverHello))),
    cutsRecord: createServer((socket) => {
      socket.once("data", () => socket.end(Buffer.from([22, 3, 3, 0, 200, 2, 0])));
    }),
    badCertificate: raw(serverHello, certificateOf(Buffer.from("not a certificate"))),
    endlessRecords: createServer((socket) => {
      const changeCipherSpec = Buffer.from([20, 3, 3, 0, 1, 1]);
      writeForever(socket, Buffer.alloc(6 * 1000, changeCipherSpec));
    }),
    endlessMessage: createServer((socket) => {
      socket.write(serverHello);
      const record = Buffer.alloc(5 + 4 + 16_000);
      record.set([22, 3, 3, ...u16(16_004), 11, 0xff, 0xff, 0xff]);
      writeForever(socket, record);
    }),
    olderByHand: raw(helloOf([3, 1])),
    chain: tls(trustedChain),
    hugeRecord: raw(Buffer.from([22, 3, 3, 0xff, 0xff])),
  };
}

function u16(number: number): [number, number] {
  return [number >> 8, number & 0xff];
}

function record(type: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([type, 3, 3, ...u16(content.length)]), content]);
}

function message(type: number, body: Uint8Array): Buffer {
  return record(22, Buffer.concat([Buffer.from([type, 0, ...u16(body.length)]), body]));
}

/** Without session, compression and extensions, as in the days of TLS 1.2. */
function helloOf(version: readonly [number, number]): Buffer {
  return message(2, Buffer.from([...version, ...Buffer.alloc(32, 7), 0, 0xc0, 0x2b, 0]));
}

/** TLS 1.3's demand for another hello is a hello too, known by its random value. */
const retryRequest = message(
  2,
  Buffer.from([
    ...[3, 3, ...createHash("sha256").update("HelloRetryRequest").digest(), 0, 0x13, 0x01, 0],
    ...[...u16(12), ...u16(43), ...u16(2), 3, 4, ...u16(51), ...u16(2), 0, 25],
  ]),
);

const serverHello = helloOf([3, 3]);

function certificateOf(der: Uint8Array): Buffer {
  const one = Buffer.concat([Buffer.from([0, ...u16(der.length)]), der]);
  return message(11, Buffer.concat([Buffer.from([0, ...u16(one.length)]), one]));
}
