/**
 * A sketch as text: numbers in base64 VLQ (as in source maps, five bits a character, small ones
 * one character), buckets by the distance from the one before. Equal sketches have equal texts;
 * the empty one has none.
 */
import { type Buckets, emptySketch, type Sketch, sorted } from "./sketch.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const digits = new Map(Array.from(alphabet, (character, digit) => [character, digit]));

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
  const numbers = decodeNumbers(text);
  const next = (): number => {
    const { value, done } = numbers.next();
    if (done) throw new RangeError("a sketch's text ends too early");
    return value;
  };
  const found = next();
  if (found !== format) throw new RangeError(`a sketch of format ${found}, not ${format}`);
  const zeros = next();
  const positive = decodeBuckets(next(), next);
  const { value: negatives, done } = numbers.next();
  return { negative: done ? new Map() : decodeBuckets(negatives, next), zeros, positive };
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

function decodeBuckets(size: number, next: () => number): Buckets {
  const buckets = new Map<number, number>();
  let bucket = 0;
  for (let index = 0; index < size; index += 1) {
    const distance = next();
    if (index > 0) bucket += distance + 1;
    else bucket = distance % 2 === 1 ? -(distance + 1) / 2 : distance / 2;
    buckets.set(bucket, next());
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

function* decodeNumbers(text: string): Generator<number, undefined> {
  let number = 0;
  let place = 1;
  for (const character of text) {
    const digit = digits.get(character);
    if (digit === undefined) throw new RangeError(`a sketch's text holds no ${character}`);
    number += (digit % base) * place;
    place *= base;
    if (digit >= base) continue;
    yield number;
    number = 0;
    place = 1;
  }
}
