/** A value that wanders between `min` and `max` as time passes, smoothly and always the same way. */
export type Drift = (name: string, min: number, max: number, nowMs: number) => number;

const STEP_MS = 30_000;

/**
 * Values drawn from `seed`: each name has its own random value every 30 s, with a smooth curve
 * between them. It depends on seed, name and time only, never on how often it was asked.
 */
export function createDrift(seed: number): Drift {
  return (name, min, max, nowMs) => {
    const step = Math.floor(nowMs / STEP_MS);
    const fraction = nowMs / STEP_MS - step;
    const smooth = fraction * fraction * (3 - 2 * fraction);
    const from = randomAt(seed, name, step);
    const to = randomAt(seed, name, step + 1);
    return min + (max - min) * (from + (to - from) * smooth);
  };
}

/** A random number in [0, 1) that is the same for the same three arguments. */
export function randomAt(seed: number, name: string, step: number): number {
  let hash = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return mix(mix(hash) ^ (step | 0)) / 0x1_0000_0000;
}

/** The finaliser of MurmurHash3: every input bit changes every output bit about half the time. */
function mix(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
