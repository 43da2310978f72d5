import type { JSONValue } from "json-p3";
import type { Failure } from "../../../shared/domain/monitor.ts";
import type { Condition, HeaderTest, JsonTest } from "../../../shared/domain/probes/http.ts";
import type { Redact } from "../../../shared/redact.ts";
import { longestText, matches } from "../../../shared/regular-expression.ts";
import { type Answer, select } from "./answer.ts";
import type { Attempt } from "./prober.ts";

type Judged = Exclude<Attempt["outcome"], { outcome: "unknown" }>;
type Of<Kind extends Condition["kind"]> = Extract<Condition, { kind: Kind }>;

/**
 * Judges an answer: the first condition that fails to down decides, else the first that fails to
 * degraded. The detail says what was seen and what is allowed. An answer too long to be read to its
 * end is down, whatever its conditions are.
 *
 * @param redact takes secrets out of what was seen, before it is shortened
 */
export function judge(
  conditions: readonly Condition[],
  answer: Answer,
  redact: Redact = (text) => text,
): Judged {
  let degraded: Failure | null = null;
  for (const condition of conditions) {
    if (condition.otherwise === "degraded" && degraded !== null) continue;
    const failure = check(condition, answer, redact);
    if (failure === null) continue;
    if (condition.otherwise === "down") return { outcome: "down", ...failure };
    degraded = failure;
  }
  if (answer.truncated) return { outcome: "down", ...tooLarge(answer.bytes) };
  return degraded === null ? { outcome: "up" } : { outcome: "degraded", ...degraded };
}

/** How an answer fails a condition; null where it does not. */
export function check(condition: Condition, answer: Answer, redact: Redact): Failure | null {
  switch (condition.kind) {
    case "status":
      return checkStatus(condition, answer);
    case "latency": {
      if (answer.latencyMs <= condition.maxMs) return null;
      return {
        reason: "latency",
        detail: `took ${answer.latencyMs} ms, allowed ${condition.maxMs} ms`,
      };
    }
    case "size":
      return answer.bytes <= condition.maxBytes ? null : tooManyBytes(condition, answer);
    case "header":
      return checkHeader(condition, answer, redact);
    case "text":
      return checkText(condition, answer);
    case "regex":
      return checkExpression(condition, answer);
    case "json":
      return answer.truncated ? tooLarge(answer.bytes) : checkJson(condition, answer, redact);
  }
}

function checkStatus({ allowed }: Of<"status">, { status }: Answer): Failure | null {
  if (allowed.some(({ from, to }) => status >= from && status <= to)) return null;
  const ranges = allowed.map(({ from, to }) => (from === to ? from : `${from}–${to}`));
  return { reason: "status", detail: `status ${status}, allowed ${ranges.join(", ")}` };
}

function tooManyBytes({ maxBytes }: Of<"size">, { bytes, truncated }: Answer): Failure {
  const seen = truncated ? `more than ${maxBytes} bytes` : `${bytes} bytes`;
  return { reason: "body-size", detail: `the body is ${seen}, allowed ${maxBytes}` };
}

/** What lies beyond the part that was read is not known. */
function tooLarge(bytesRead: number): Failure {
  const mebibytes = Math.floor(bytesRead / 1_048_576);
  return {
    reason: "body-size",
    detail: `the body is longer than the ${mebibytes} MiB that is read`,
  };
}

function checkText({ contains, present }: Of<"text">, answer: Answer): Failure | null {
  const found = answer.text.includes(contains);
  if (found === present) return null;
  if (answer.truncated && present) return tooLarge(answer.bytes);
  const seen = found ? "contains" : "does not contain";
  return { reason: "text", detail: `the body ${seen} ${shorten(contains)}` };
}

function checkExpression({ pattern, present }: Of<"regex">, answer: Answer): Failure | null {
  const longest = longestText(pattern);
  const found = matches(pattern, answer.text.slice(0, longest));
  if (!found && answer.text.length > longest) {
    const detail = `the body is longer than the ${longest} characters that ${shorten(pattern)} can be put to`;
    return { reason: "body-size", detail };
  }
  if (found === present) return null;
  if (answer.truncated && present) return tooLarge(answer.bytes);
  const seen = found ? "matches" : "does not match";
  return { reason: "regex", detail: `the body ${seen} ${shorten(pattern)}` };
}

/** Headers whose values let somebody in: they are judged, and not told. */
const confidential = new Set(["set-cookie", "authorization", "www-authenticate"]);

function checkHeader(
  { name, demand }: Of<"header">,
  answer: Answer,
  redact: Redact,
): Failure | null {
  const value = answer.headers.get(name);
  if (holds(demand, value)) return null;
  const told = confidential.has(name.toLowerCase()) ? "<not shown>" : shorten(redact(value ?? ""));
  const seen = value === null ? "is absent" : `is ${told}`;
  return {
    reason: "header",
    detail: `the header ${name} ${seen}, expected ${describeHeaderTest(demand)}`,
  };
}

function holds(demand: HeaderTest, value: string | null): boolean {
  switch (demand.test) {
    case "present":
      return value !== null;
    case "absent":
      return value === null;
    case "equals":
      return value === demand.value;
    case "contains":
      return value?.includes(demand.value) === true;
  }
}

function describeHeaderTest(demand: HeaderTest): string {
  switch (demand.test) {
    case "present":
      return "any value";
    case "absent":
      return "none";
    case "equals":
      return shorten(demand.value);
    case "contains":
      return `to contain ${shorten(demand.value)}`;
  }
}

function checkJson({ path, demand }: Of<"json">, answer: Answer, redact: Redact): Failure | null {
  const selected = select(answer, path);
  if (!selected.ok) return { reason: "json", detail: selected.why };
  if (selected.values.length === 0) return { reason: "json", detail: `${path} selects nothing` };
  const wrong = selected.values.find((value) => !satisfies(demand, value));
  if (wrong === undefined) return null;
  return {
    reason: "json",
    detail: `${path} is ${shorten(wrong, redact)}, expected ${describeDemand(demand)}`,
  };
}

function satisfies(demand: JsonTest, value: JSONValue): boolean {
  switch (demand.test) {
    case "exists":
      return true;
    case "equals":
      return value === demand.value;
    case "oneOf":
      return demand.values.some((allowed) => allowed === value);
    case "atMost":
      return typeof value === "number" && value <= demand.value;
    case "atLeast":
      return typeof value === "number" && value >= demand.value;
  }
}

function describeDemand(demand: JsonTest): string {
  switch (demand.test) {
    case "exists":
      return "any value";
    case "equals":
      return shorten(demand.value);
    case "oneOf":
      return `one of ${demand.values.map((value) => shorten(value)).join(", ")}`;
    case "atMost":
      return `at most ${demand.value}`;
    case "atLeast":
      return `at least ${demand.value}`;
  }
}

const longestDetail = 80;

function shorten(value: JSONValue, redact: Redact = (text) => text): string {
  const text = redact(JSON.stringify(value) ?? "nothing");
  return text.length <= longestDetail ? text : `${text.slice(0, longestDetail)}…`;
}
