/** What documents and actions name, held against what there is. */
import type { FieldError } from "../../../shared/contract/api/problem.ts";

/** A message names no more ids than a person reads. */
const mostNamed = 30;

/**
 * Says what is named and is not there, with what there is.
 *
 * @param what in singular: "monitor"
 */
export function unknownNames(
  field: string,
  what: string,
  named: readonly string[],
  known: Iterable<string>,
): FieldError[] {
  const all = [...new Set(known)];
  if (named.every((one) => all.includes(one))) return [];
  const more = all.length - mostNamed;
  const allowed =
    all.length === 0
      ? "there is none"
      : `allowed: ${all.slice(0, mostNamed).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  return [{ field, message: `no such ${what}; ${allowed}` }];
}
