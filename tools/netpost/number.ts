import { CommandError } from "./command.ts";

/**
 * Reads a whole number that a person wrote.
 *
 * @param name what it is, for the message
 * @throws CommandError on anything else than a number from `least` to `most`
 */
export function wholeNumber(
  text: string,
  name: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const upTo = most === Number.MAX_SAFE_INTEGER ? "" : ` to ${most}`;
  throw new CommandError(
    `${name}: a whole number from ${least}${upTo === "" ? " on" : upTo}, not ${JSON.stringify(text)}`,
  );
}
