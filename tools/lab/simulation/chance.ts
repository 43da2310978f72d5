/**
 * A number in [0, 1) that depends on its keys alone, not on what was drawn before: what happens to
 * one probe stays the same when something else is changed in a script, so that two runs can be
 * compared. Mixing as in MurmurHash3 (Austin Appleby, 2011).
 */
export function chance(...keys: readonly number[]): number {
  let mixed = 0x9e3779b9;
  for (const key of keys) {
    mixed = Math.imul(mixed ^ key, 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    mixed ^= mixed >>> 16;
  }
  return (mixed >>> 0) / 4_294_967_296;
}
