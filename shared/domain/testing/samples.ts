/** Numbers that look like response times and other measurements, for tests of sketches. */
import fc from "fast-check";

/** A generator of uniform numbers in [0, 1): reproducible from its seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Draw = (random: () => number) => number;

/** Standard normal (Box and Muller). */
const normal: Draw = (random) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** What measurements look like, by name. */
export const shapes: Readonly<Record<string, Draw>> = {
  "log-normal, as response times are": (random) => Math.exp(4.8 + 0.6 * normal(random)),
  "whole milliseconds": (random) => Math.round(Math.exp(4.8 + 0.6 * normal(random))),
  "bimodal: cached or not": (random) =>
    random() < 0.7 ? 12 + 2 * random() : 850 + 100 * normal(random),
  "heavy-tailed (Pareto, no variance)": (random) => 20 / (1 - random()) ** (1 / 1.1),
  constant: () => 37,
  "zeros, mostly": (random) => (random() < 0.9 ? 0 : Math.floor(random() * 3)),
  "one slow among many": (random) => (random() < 0.001 ? 30_000 : 5 + random()),
  "of both signs": (random) => 100 * normal(random),
  "from tiny to huge": (random) => 10 ** (18 * random() - 6),
};

/** A shape's numbers. */
export function sample(draw: Draw, count: number, seed: number): number[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, () => draw(random));
}

/** Any numbers that a sketch takes, those at its edges among them. */
export const anyNumber = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
  fc.integer({ min: 0, max: 60_000 }),
  fc.constantFrom(0, -0, 1, -1, 1e-9, 1e-10, 1.0408163265306123),
);
