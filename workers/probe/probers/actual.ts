import type { Condition } from "../../../shared/domain/probes/http.ts";
import type { Redact } from "../../../shared/redact.ts";
import { isSensitiveName } from "../transcript/redact.ts";
import { type Answer, select } from "./answer.ts";

/** What a condition that held was held against, for a transcript. */
export function actualOf(condition: Condition, answer: Answer, redact: Redact): string {
  switch (condition.kind) {
    case "status":
      return `status ${answer.status}`;
    case "latency":
      return `took ${answer.latencyMs} ms`;
    case "size":
      return `${answer.bytes} bytes`;
    case "header": {
      const { name } = condition;
      if (isSensitiveName(name)) return `the header ${name} is <not shown>`;
      const value = answer.headers.get(name);
      return value === null ? `no header ${name}` : `the header ${name} is ${redact(value)}`;
    }
    case "text":
      return condition.present ? "the body contains it" : "the body does not contain it";
    case "regex":
      return condition.present ? "the body matches" : "the body does not match";
    case "json": {
      const selected = select(answer, condition.path);
      if (!selected.ok) return selected.why;
      return redact(selected.values.map((value) => JSON.stringify(value)).join(", "));
    }
  }
}
