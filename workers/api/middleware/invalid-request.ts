import type { z } from "zod";
import type { FieldError } from "../../../shared/contract/api/problem.ts";
import { invalidRequest } from "../problems.ts";

/** What a validator hands to the hook. */
interface Validation {
  readonly target: string;
  readonly success: boolean;
  readonly error?: z.ZodError;
}

/** Turns what a route's schema refused into a problem. */
export function refuseInvalid(result: Validation): void {
  if (result.success || !result.error) return;
  throw invalidRequest(result.error.issues.map((issue) => fieldError(issue, result.target)));
}

function fieldError(issue: z.core.$ZodIssue, target: string): FieldError {
  if (issue.code === "unrecognized_keys") {
    // The names sent are not repeated: they are input like any other.
    const what = target === "json" ? "field" : "parameter";
    const field = [target === "json" ? "body" : target, ...issue.path.map(String)].join(".");
    return { field, message: `has a ${what} that this route does not take` };
  }
  return { field: issue.path.map(String).join("."), message: issue.message };
}
