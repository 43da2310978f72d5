import type { Condition, HeaderTest, JsonTest } from "./domain/probes/http.ts";

/** A condition in words, for example `$.status equals "ok"`. */
export function describeCondition(condition: Condition): string {
  switch (condition.kind) {
    case "status": {
      const ranges = condition.allowed.map(({ from, to }) =>
        from === to ? String(from) : `${from} to ${to}`,
      );
      return `the status is ${ranges.join(" or ")}`;
    }
    case "latency":
      return `it takes at most ${condition.maxMs} ms`;
    case "size":
      return `the body has at most ${condition.maxBytes} bytes`;
    case "header":
      return `the header ${condition.name} ${describeHeaderTest(condition.demand)}`;
    case "text": {
      const verb = condition.present ? "contains" : "does not contain";
      return `the body ${verb} ${JSON.stringify(condition.contains)}`;
    }
    case "regex": {
      const verb = condition.present ? "matches" : "does not match";
      return `the body ${verb} ${JSON.stringify(condition.pattern)}`;
    }
    case "json":
      return `${condition.path} ${describeJsonTest(condition.demand)}`;
  }
}

function describeHeaderTest(demand: HeaderTest): string {
  switch (demand.test) {
    case "present":
      return "is present";
    case "absent":
      return "is absent";
    case "equals":
      return `equals ${JSON.stringify(demand.value)}`;
    case "contains":
      return `contains ${JSON.stringify(demand.value)}`;
  }
}

function describeJsonTest(demand: JsonTest): string {
  switch (demand.test) {
    case "exists":
      return "exists";
    case "equals":
      return `equals ${JSON.stringify(demand.value)}`;
    case "oneOf":
      return `is one of ${demand.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "atMost":
      return `is at most ${demand.value}`;
    case "atLeast":
      return `is at least ${demand.value}`;
  }
}
