import { z } from "zod";
import { problemSchema } from "../../shared/contract/api/problem.ts";
import type { FuzzedRequest } from "./generate-request.ts";

export interface FuzzedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** What only the inside of a program says. */
const insides =
  /\n\s+at |node_modules|\.ts:\d|\b(?:Type|Reference|Range|Syntax|Zod)Error\b|SQLITE_|D1_ERROR/;

const knownProblem = problemSchema.extend({ type: z.string() });

/** Says what is wrong with an answer, a sentence each; none if nothing is. */
export function judge(
  request: FuzzedRequest,
  answer: FuzzedAnswer,
  secrets: readonly string[],
): string[] {
  const { status, headers, body } = answer;
  const wrong: string[] = [];
  const whole = `${JSON.stringify(headers)}\n${body}`;
  const secret = secrets.findIndex((one) => whole.includes(one));
  if (secret >= 0) wrong.push(`the planted secret ${secret} is in the answer`);
  if (insides.test(body)) wrong.push("the answer tells of the program's inside");
  if ("x-injected" in headers) wrong.push("a header was injected");
  const problem = status >= 400 ? problemIn(body) : null;
  if (status >= 500 && !isNotReady(problem)) wrong.push(`status ${status}`);
  const isOurs = headers["x-request-id"] !== undefined;
  if (
    isOurs &&
    status >= 400 &&
    request.method !== "HEAD" &&
    problem === null &&
    !isPicture(headers)
  ) {
    wrong.push(`status ${status} without a problem document`);
  }
  if (!isOurs && status < 400) wrong.push("an answer without X-Request-Id");
  return [...wrong, ...trespasses(request, status)];
}

/** That it is not ready is what the route is there to tell: nothing ticks here. */
function isNotReady(problem: z.infer<typeof knownProblem> | null): boolean {
  return problem?.type.endsWith(":not-ready") ?? false;
}

function isPicture(headers: FuzzedAnswer["headers"]): boolean {
  return String(headers["content-type"]).startsWith("image/svg+xml");
}

function problemIn(body: string): z.infer<typeof knownProblem> | null {
  try {
    return knownProblem.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}

/** A good answer for whom it is not. A path that is bent may lead to an open route. */
function trespasses({ caller, operation, method, path }: FuzzedRequest, status: number): string[] {
  if (status >= 400 || method === "OPTIONS") return [];
  const isGuarded = operation.security.length > 0 && path.startsWith("/api/monitoring/");
  if (!isGuarded || path.includes("..")) return [];
  if (caller === "nobody" || caller === "stranger") return [`${status} without a key that does`];
  const isWrite = !["GET", "HEAD"].includes(method);
  return caller === "reader" && isWrite ? [`${status} to a reader that writes`] : [];
}
