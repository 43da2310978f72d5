/** A monitor's configuration as it may be shown: what may hold a secret is left out or hidden. */
import type { MonitorDocument } from "../../../shared/contract/api/monitors.ts";
import type { Quorum } from "../../../shared/domain/monitor.ts";
import type { Condition, JsonTest } from "../../../shared/domain/probes/http.ts";
import type { Probe } from "../../../shared/domain/probes/probe.ts";

type ShownProbe = MonitorDocument["probe"];

/** What a probe sends and demands, without header values, body, credentials and query values. */
export function shownProbe(probe: Probe): ShownProbe {
  return {
    kind: probe.kind,
    method: probe.method,
    url: shownUrl(probe.url),
    headerNames: Object.keys(probe.headers),
    hasBody: probe.body !== null,
    conditions: probe.conditions.map((condition) => ({
      kind: condition.kind,
      demand: describeCondition(condition),
      otherwise: condition.otherwise,
    })),
  };
}

/** A quorum in a word. */
export function describeQuorum(quorum: Quorum): string {
  return quorum.kind === "atLeast" ? `atLeast-${quorum.regions}` : quorum.kind;
}

const hidden = "hidden";

function shownUrl(text: string): string {
  if (!URL.canParse(text)) return hidden;
  const url = new URL(text);
  url.username = "";
  url.password = "";
  url.hash = "";
  url.search = [...url.searchParams]
    // A name without a value may be the secret itself.
    .map(([name, value]) => (value === "" ? hidden : `${encodeURIComponent(name)}=${hidden}`))
    .join("&");
  return url.href;
}

function describeCondition(condition: Condition): string {
  switch (condition.kind) {
    case "status": {
      const ranges = condition.allowed.map(({ from, to }) =>
        from === to ? String(from) : `${from} to ${to}`,
      );
      return `the status is ${ranges.join(" or ")}`;
    }
    case "latency":
      return `it takes at most ${condition.maxMs} ms`;
    case "text": {
      const verb = condition.present ? "contains" : "does not contain";
      return `the body ${verb} ${JSON.stringify(condition.contains)}`;
    }
    case "json":
      return `${condition.path} ${describeTest(condition.demand)}`;
  }
}

function describeTest(test: JsonTest): string {
  switch (test.test) {
    case "exists":
      return "exists";
    case "equals":
      return `equals ${JSON.stringify(test.value)}`;
    case "oneOf":
      return `is one of ${test.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "atMost":
      return `is at most ${test.value}`;
    case "atLeast":
      return `is at least ${test.value}`;
  }
}
