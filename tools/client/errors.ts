import { z } from "zod";
import { problemSchema } from "../../shared/contract/api/problem.ts";

/** A newer API may know problems that this client does not. */
const anyProblemSchema = problemSchema.extend({ type: z.string() }).loose();

export type AnyProblem = z.infer<typeof anyProblemSchema>;

/** The API refused: what it said of it (RFC 9457). The message is one readable line. */
export class ApiProblemError extends Error {
  override readonly name = "ApiProblemError";
  readonly status: number;
  readonly problem: AnyProblem;
  /** Seconds after which to try again, where the API said so. */
  readonly retryAfterSeconds: number | null;

  constructor(problem: AnyProblem, retryAfterSeconds: number | null) {
    super(messageOf(problem));
    this.status = problem.status;
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** What its type ends in, for example `unknown-monitor`. */
  get slug(): string {
    return this.problem.type.slice(this.problem.type.lastIndexOf(":") + 1);
  }
}

/** No answer came, or one that is not the API's. */
export class ApiUnreachableError extends Error {
  override readonly name = "ApiUnreachableError";
}

/** An answer that is not what the contract says: client and API are of different versions. */
export class ApiMismatchError extends Error {
  override readonly name = "ApiMismatchError";
}

/** The error for an answer that is not a good one. */
export function errorOf(response: Response, text: string, operation: string): Error {
  const body: unknown = parseJson(text);
  const problem = anyProblemSchema.safeParse(body);
  if (!problem.success) {
    return new ApiUnreachableError(
      `${operation}: status ${response.status} without a problem document; is this the API's address?`,
    );
  }
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return new ApiProblemError(problem.data, Number.isFinite(seconds) ? seconds : null);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messageOf({ title, detail, errors = [] }: AnyProblem): string {
  if (errors.length === 0) return `${title}: ${detail}`;
  return `${title}: ${errors.map(({ field, message }) => `${field}: ${message}`).join("; ")}`;
}
