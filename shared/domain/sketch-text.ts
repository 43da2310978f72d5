/**
 * A sketch as text: numbers in base64 VLQ (as in source maps, five bits a character, small ones
 * one character), buckets by the distance from the one before. Equal sketches have equal texts;
 * the empty one has none.
 */
import { type Buckets, emptySketch, type Sketch, sorted } from "./sketch.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** By the code of a character: its digit, or -1. */
const digits = Array.from({ length: 128 }, (_, code) =>
  alphabet.indexOf(String.fromCharCode(code)),
);

/** The bounds of the buckets belong to it: other bounds need another number. */
const format = 1;

/** Five bits of a character count, the sixth says that there are more. */
const base = 32;

/** Writes a sketch as text. */
export function encodeSketch({ negative, zeros, positive }: Sketch): string {
  if (zeros === 0 && negative.size === 0 && positive.size === 0) return "";
  const numbers = [format, zeros, ...encodeBuckets(positive)];
  if (negative.size > 0) numbers.push(...encodeBuckets(negative));
  return numbers.map(encodeNumber).join("");
}

/**
 * Reads a sketch back.
 *
 * @throws RangeError on text that `encodeSketch` did not write
 */
export function decodeSketch(text: string): Sketch {
  if (text === "") return emptySketch;
  const numbers = new NumberReader(text);
  const found = numbers.next();
  if (found !== format) throw new RangeError(`a sketch of format ${found}, not ${format}`);
  const zeros = numbers.next();
  const positive = decodeBuckets(numbers);
  return { negative: numbers.atEnd ? new Map() : decodeBuckets(numbers), zeros, positive };
}

/** How many, then the first bucket, then distance and count by turns. */
function encodeBuckets(buckets: Buckets): number[] {
  const numbers = [buckets.size];
  let before: number | null = null;
  for (const [bucket, count] of sorted(buckets)) {
    // The first may be below zero: the lowest bit is its sign.
    const distance: number =
      before === null ? (bucket < 0 ? -2 * bucket - 1 : 2 * bucket) : bucket - before - 1;
    numbers.push(distance, count);
    before = bucket;
  }
  return numbers;
}

function decodeBuckets(numbers: NumberReader): Buckets {
  const buckets = new Map<number, number>();
  const size = numbers.next();
  let bucket = 0;
  for (let index = 0; index < size; index += 1) {
    const distance = numbers.next();
    if (index > 0) bucket += distance + 1;
    else bucket = distance % 2 === 1 ? -(distance + 1) / 2 : distance / 2;
    buckets.set(bucket, numbers.next());
  }
  return buckets;
}

function encodeNumber(number: number): string {
  let text = "";
  let rest = number;
  while (rest >= base) {
    text += alphabet.charAt((rest % base) + base);
    rest = Math.floor(rest / base);
  }
  return text + alphabet.charAt(rest);
}

/** Reads numbers one after the other: 90 days of all monitors are millions of characters. */
class NumberReader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#position >= this.#text.length;
  }

  /** @throws RangeError at the end, and where a character is none of ours */
  next(): number {
    let number = 0;
    let place = 1;
    for (;;) {
      if (this.atEnd) throw new RangeError("a sketch's text ends too early");
      const digit = digits[this.#text.charCodeAt(this.#position)] ?? -1;
      if (digit < 0) {
        throw new RangeError(`a sketch's text holds no ${this.#text.charAt(this.#position)}`);
      }
      this.#position += 1;
      number += (digit % base) * place;
      if (digit < base) return number;
      place *= base;
    }
  }
}
