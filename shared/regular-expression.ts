/**
 * Regular expressions that no text can make slow: RE2's, matched in time linear in the text
 * (docs/adr/0006-regular-expressions-in-linear-time.md).
 */
import { RE2JS } from "re2js";

/** Instructions that one expression may compile to. */
const largestProgram = 250;
/**
 * Instructions × characters that one match may cost: about a quarter of a second at worst, and all of
 * a body of 1 MiB for an expression of up to 16 instructions.
 */
const mostWork = 16 * 1_048_576;

/** Grows with the expressions of the configuration, not with the checks. */
const compiled = new Map<string, RE2JS>();

/** Says what is wrong with an expression, or null if it is well formed and small enough. */
export function expressionProblem(pattern: string): string | null {
  try {
    const size = RE2JS.compile(pattern).programSize();
    if (size <= largestProgram) return null;
    return `too large a regular expression: ${size} instructions of at most ${largestProgram}; repeat less`;
  } catch (error) {
    // The library's message ends with the whole expression.
    const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /, "") : "";
    return `not a regular expression in RE2's syntax (no look-around, no back-references): ${why}`;
  }
}

/** The longest text, in characters, that an expression is put to. */
export function longestText(pattern: string): number {
  return Math.floor(mostWork / Math.max(1, compile(pattern).programSize()));
}

/**
 * Whether an expression matches somewhere in a text.
 *
 * @throws RangeError where the text is longer than `longestText` says
 */
export function matches(pattern: string, text: string): boolean {
  if (text.length > longestText(pattern))
    throw new RangeError("too long a text for the expression");
  return compile(pattern).test(text);
}

function compile(pattern: string): RE2JS {
  let expression = compiled.get(pattern);
  if (!expression) {
    expression = RE2JS.compile(pattern);
    compiled.set(pattern, expression);
  }
  return expression;
}
