import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { join, MalformedError, number, vector } from "./bytes.ts";
import { HandshakeError, readCertificate } from "./read-certificate.ts";
import { longestHandshake } from "./records.ts";

const certificate = Uint8Array.from({ length: 700 }, (_, index) => index % 251);

function record(type: number, content: Uint8Array) {
  return join([type, 3, 3], vector(2, content));
}

const hello = join([2], vector(3, [3, 3], new Uint8Array(32), [0], [0xc0, 0x2b], [0]));
const shown = join([11], vector(3, vector(3, vector(3, certificate))));

/** What a server of TLS 1.2 sends, both messages in one record. */
const flight = record(22, join(hello, shown));

async function* inPieces(bytes: Uint8Array, cuts: readonly number[]) {
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    yield bytes.slice(from, Math.max(from, cut));
    from = Math.max(from, cut);
  }
  yield bytes.slice(from);
}

function read(bytes: Uint8Array, cuts: readonly number[] = []) {
  return readCertificate({ chunks: inPieces(bytes, cuts), send: () => {} }, "netpost.example");
}

/** Whether it reads a certificate or ends in one of its own errors. */
async function endsWell(bytes: Uint8Array, cuts?: readonly number[]): Promise<boolean> {
  try {
    return (await read(bytes, cuts)).certificate.length >= 0;
  } catch (error) {
    return error instanceof MalformedError || error instanceof HandshakeError;
  }
}

describe("reading a certificate", () => {
  it("finds the first one, however the bytes are cut", async () => {
    const cuts = fc.array(fc.nat(flight.length), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        expect(await read(flight, at)).toEqual({ version: "1.2", certificate });
      }),
      { numRuns: 30 },
    );
  });

  it("finds it however its message is spread over records", async () => {
    const bytes = join(hello, shown);
    const sizes = fc.integer({ min: 1, max: 300 });
    await fc.assert(
      fc.asyncProperty(sizes, async (size) => {
        const records: Uint8Array[] = [];
        for (let from = 0; from < bytes.length; from += size) {
          records.push(record(22, bytes.slice(from, from + size)));
        }
        expect((await read(join(...records))).certificate).toEqual(certificate);
      }),
      { numRuns: 30 },
    );
  });

  it("ends in an error of its own on a flight cut short", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(flight.length - 1), async (length) => {
        await expect(read(flight.slice(0, length))).rejects.toThrow(HandshakeError);
      }),
      { numRuns: 30 },
    );
  });

  it("ends in an error of its own, if not well, on a flight with bytes changed", async () => {
    const change = fc.tuple(fc.nat(flight.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        const changed = flight.slice();
        for (const [at, byte] of changes) changed[at] = byte;
        expect(await endsWell(changed)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("ends in an error of its own on any bytes, also behind the beginning of a record", async () => {
    const bytes = fc.uint8Array({ maxLength: 400 });
    await fc.assert(
      fc.asyncProperty(bytes, fc.constantFrom(20, 21, 22, 23), async (content, type) => {
        expect(await endsWell(content)).toBe(true);
        expect(await endsWell(record(type, content))).toBe(true);
        expect(await endsWell(record(22, join([2], number(content.length, 3), content)))).toBe(
          true,
        );
      }),
      { numRuns: 150 },
    );
  });

  it("reads no further than any handshake goes", async () => {
    let given = 0;
    async function* forever() {
      for (;;) {
        given += 6_000;
        yield new Uint8Array(
          join(...Array.from({ length: 1_000 }, () => record(20, Uint8Array.of(1)))),
        );
      }
    }
    const endless = { chunks: forever(), send: () => {} };
    await expect(readCertificate(endless, null)).rejects.toThrow("the handshake does not end");
    expect(given).toBeLessThan(longestHandshake + 12_000);
  });
});
