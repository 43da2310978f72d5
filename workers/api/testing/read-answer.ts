import { expect } from "vitest";
import type { z } from "zod";
import {
  type Problem,
  type ProblemSlug,
  problemSchema,
  problemType,
} from "../../../shared/contract/api/problem.ts";

/** The body of a good answer; it must be just what the contract says, no field more. */
export async function readAnswer<T extends z.ZodType>(
  response: Response,
  schema: T,
): Promise<z.infer<T>> {
  const body: unknown = await response.json();
  expect(response.status, JSON.stringify(body)).toBe(200);
  expect(response.headers.get("Content-Type")).toBe("application/json");
  const parsed = schema.parse(body);
  expect(parsed).toEqual(body);
  return parsed;
}

/** The body of a problem; its shape, status and headers must fit together. */
export async function readProblem(
  response: Response,
  slug: ProblemSlug,
  status: number,
): Promise<Problem> {
  const body: unknown = await response.json();
  expect(response.status, JSON.stringify(body)).toBe(status);
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  const problem = problemSchema.parse(body);
  expect(problem).toMatchObject({ type: problemType(slug), status });
  expect(response.headers.get("X-Request-Id")).toBe(problem.requestId);
  return problem;
}
