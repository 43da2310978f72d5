import type { JSONValue } from "json-p3";
import type { Failure } from "../../../shared/domain/monitor.ts";
import type { Condition, JsonTest } from "../../../shared/domain/probes/http.ts";
import { queryValues } from "../../../shared/json-path.ts";
import type { Attempt } from "./prober.ts";

/** What conditions are put to. */
export interface Answer {
  readonly status: number;
  readonly latencyMs: number;
  /** Empty where no condition needs it. */
  readonly body: string;
  /** The body was longer than is read. */
  readonly truncated: boolean;
}

type JsonCondition = Extract<Condition, { kind: "json" }>;

/**
 * Judges an answer: the first condition that fails to down decides, else the first that fails to
 * degraded. The detail says what was seen and what is allowed.
 */
export function judge(conditions: readonly Condition[], answer: Answer): Attempt["outcome"] {
  let degraded: Failure | null = null;
  for (const condition of conditions) {
    if (condition.otherwise === "degraded" && degraded !== null) continue;
    const failure = check(condition, answer);
    if (failure === null) continue;
    if (condition.otherwise === "down") return { outcome: "down", ...failure };
    degraded = failure;
  }
  return degraded === null ? { outcome: "up" } : { outcome: "degraded", ...degraded };
}

function check(condition: Condition, answer: Answer): Failure | null {
  switch (condition.kind) {
    case "status": {
      const { status } = answer;
      if (condition.allowed.some(({ from, to }) => status >= from && status <= to)) return null;
      const allowed = condition.allowed.map(({ from, to }) =>
        from === to ? from : `${from}–${to}`,
      );
      return { reason: "status", detail: `status ${status}, allowed ${allowed.join(", ")}` };
    }
    case "latency": {
      if (answer.latencyMs <= condition.maxMs) return null;
      return {
        reason: "latency",
        detail: `took ${answer.latencyMs} ms, allowed ${condition.maxMs} ms`,
      };
    }
    case "text": {
      const found = answer.body.includes(condition.contains);
      if (found === condition.present) return null;
      // What lies beyond the part that was read may well hold the text.
      if (answer.truncated && condition.present) return tooLarge;
      const seen = found ? "contains" : "does not contain";
      return { reason: "text", detail: `the body ${seen} ${shorten(condition.contains)}` };
    }
    case "json":
      return answer.truncated ? tooLarge : checkJson(condition, answer.body);
  }
}

const tooLarge: Failure = {
  reason: "body-size",
  detail: "the body is longer than the 1 MiB that is read",
};

function checkJson({ path, demand }: JsonCondition, body: string): Failure | null {
  let document: JSONValue;
  try {
    document = JSON.parse(body);
  } catch {
    return { reason: "json", detail: "the body is not JSON" };
  }
  const values = queryValues(path, document);
  if (values.length === 0) return { reason: "json", detail: `${path} selects nothing` };
  const wrong = values.find((value) => !satisfies(demand, value));
  if (wrong === undefined) return null;
  return {
    reason: "json",
    detail: `${path} is ${shorten(wrong)}, expected ${describeDemand(demand)}`,
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
      return `one of ${demand.values.map(shorten).join(", ")}`;
    case "atMost":
      return `at most ${demand.value}`;
    case "atLeast":
      return `at least ${demand.value}`;
  }
}

const longestDetail = 80;

function shorten(value: JSONValue): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= longestDetail ? text : `${text.slice(0, longestDetail)}…`;
}
