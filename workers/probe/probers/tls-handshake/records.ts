import { ByteReader, join, MalformedError } from "./bytes.ts";
import { contentTypes } from "./constants.ts";

/** What stands in a record. */
export interface Content {
  readonly type: number;
  readonly content: Uint8Array;
}

/** A record as it came. */
export interface TlsRecord {
  readonly type: number;
  /** Its first five bytes: type, version, length. */
  readonly header: Uint8Array<ArrayBuffer>;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** A handshake message; `raw` is all of it, `body` what follows its type and length. */
export interface Message {
  readonly type: number;
  readonly raw: Uint8Array;
  readonly body: Uint8Array;
}

const headerBytes = 5;
/** 2^14 of content and 256 of encryption (RFC 8446, 5.2). */
const longestRecord = 16_384 + 256;
/** No handshake is read further: a chain of certificates is 4 KiB, seldom more than 10. */
export const longestHandshake = 131_072;

/**
 * Cuts what comes into records.
 *
 * @throws MalformedError on what is not TLS, and on too much of it
 */
export async function* recordsOf(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<TlsRecord, void, undefined> {
  let buffered = new Uint8Array();
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    buffered = join(buffered, chunk);
    for (;;) {
      const record = firstRecord(buffered);
      if (record === null) break;
      yield record;
      buffered = buffered.subarray(headerBytes + record.content.length);
    }
    if (total > longestHandshake) throw new MalformedError("the handshake does not end");
  }
}

function firstRecord(bytes: Uint8Array<ArrayBuffer>): TlsRecord | null {
  const [type, major] = bytes;
  if (type === undefined) return null;
  const isKnown = type >= contentTypes.changeCipherSpec && type <= contentTypes.applicationData;
  if (!isKnown || (major !== undefined && major !== 3)) {
    throw new MalformedError("what answers does not speak TLS");
  }
  if (bytes.length < headerBytes) return null;
  const length = new ByteReader(bytes.subarray(3, headerBytes)).number(2);
  if (length > longestRecord) throw new MalformedError("a record is too long");
  if (bytes.length < headerBytes + length) return null;
  return {
    type,
    header: bytes.slice(0, headerBytes),
    content: bytes.slice(headerBytes, headerBytes + length),
  };
}

/** Puts handshake messages together, which may begin and end anywhere in records. */
export class MessageJoiner {
  #buffered = new Uint8Array();

  /** The messages that are complete now. */
  push(content: Uint8Array): Message[] {
    if (content.length === 0) throw new MalformedError("a record is empty");
    this.#buffered = join(this.#buffered, content);
    const messages: Message[] = [];
    while (this.#buffered.length >= 4) {
      const reader = new ByteReader(this.#buffered);
      const type = reader.number(1);
      const end = 4 + reader.number(3);
      if (end > longestHandshake) throw new MalformedError("a message is too long");
      if (this.#buffered.length < end) break;
      const raw = this.#buffered.subarray(0, end);
      messages.push({ type, raw, body: raw.subarray(4) });
      this.#buffered = this.#buffered.subarray(end);
    }
    return messages;
  }
}
