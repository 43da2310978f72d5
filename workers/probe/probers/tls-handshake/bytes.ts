/** What came is not what RFC 8446 and RFC 5246 allow. */
export class MalformedError extends Error {}

/** Reads numbers and vectors out of bytes, and never beyond their end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The next bytes, not copied. Throws MalformedError where there are fewer. */
  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new MalformedError("it ends too early");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** A number in network byte order. */
  number(size: 1 | 2 | 3): number {
    return this.take(size).reduce((number, byte) => number * 256 + byte, 0);
  }

  /** Bytes behind their length. */
  vector(lengthSize: 1 | 2 | 3): Uint8Array {
    return this.take(this.number(lengthSize));
  }
}

/** Puts bytes one behind the other. */
export function join(
  ...parts: readonly (Uint8Array | readonly number[])[]
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A number in network byte order. */
export function number(value: number, size: 1 | 2 | 3): number[] {
  return [value >>> 16, value >>> 8, value].slice(3 - size).map((byte) => byte & 0xff);
}

/** Bytes behind their length. */
export function vector(
  lengthSize: 1 | 2 | 3,
  ...parts: readonly (Uint8Array | readonly number[])[]
): Uint8Array<ArrayBuffer> {
  const content = join(...parts);
  return join(number(content.length, lengthSize), content);
}
