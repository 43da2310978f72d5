/** Pushed points as the database takes them. */
import {
  earliestPointSeconds,
  oldestPointSeconds,
  type Point,
} from "../../../shared/contract/api/metrics.ts";
import type { FieldError } from "../../../shared/contract/api/problem.ts";
import { labelsText, type PushedPoint } from "../../../shared/storage/metrics.ts";
import { invalidRequest } from "../problems.ts";

const ageMessage = `at most ${oldestPointSeconds / 3_600} hours ago, and at most ${earliestPointSeconds} seconds ahead`;
const sameMessage = "one value for each second of a name with its labels";

/**
 * Gives every point its time, and refuses those that come too late or too early.
 *
 * @param now epoch seconds
 * @throws ProblemError `invalid-request` naming each point that is wrong by its index
 */
export function pointsOf(points: readonly Point[], now: number): PushedPoint[] {
  const timed = points.map(({ at = now, ...point }) => ({ ...point, time: at }));
  const seen = new Set<string>();
  const errors = timed.flatMap(({ name, labels, time }, index): FieldError[] => {
    const wrong = (message: string) => [{ field: `points.${index}.at`, message }];
    if (time < now - oldestPointSeconds || time > now + earliestPointSeconds) {
      return wrong(ageMessage);
    }
    const key = JSON.stringify([name, labelsText(labels), time]);
    if (seen.has(key)) return wrong(sameMessage);
    seen.add(key);
    return [];
  });
  if (errors.length > 0) throw invalidRequest(errors);
  return timed;
}

/** The SHA-256 of what was pushed, hexadecimal; a point without a time has none here either. */
export async function digestOf(points: readonly Point[]): Promise<string> {
  const parts = points.map(({ name, value, at = null, labels }) => {
    return [name, value, at, labelsText(labels)];
  });
  const bytes = new TextEncoder().encode(JSON.stringify(parts));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
