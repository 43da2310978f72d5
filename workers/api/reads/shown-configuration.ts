/** A monitor's configuration as it may be shown: what may hold a secret is left out or hidden. */
import type { MonitorDocument } from "../../../shared/contract/api/monitors.ts";
import { describeCondition } from "../../../shared/describe-condition.ts";
import type { Quorum } from "../../../shared/domain/monitor.ts";
import type { Condition, HttpExchange } from "../../../shared/domain/probes/http.ts";
import type { Probe } from "../../../shared/domain/probes/probe.ts";
import { shownDns, shownTcp, shownTls, shownWebSocket } from "./shown-network-probe.ts";

type ShownProbe = MonitorDocument["probe"];

/** What a probe sends and demands, without header values, body, credentials and query values. */
export function shownProbe(probe: Probe): ShownProbe {
  switch (probe.kind) {
    case "http":
      return { kind: probe.kind, ...shownExchange(probe), metrics: { ...probe.metrics } };
    case "transaction":
      return {
        kind: probe.kind,
        steps: probe.steps.map((step) => ({
          name: step.name,
          ...shownExchange(step),
          extract: { ...step.extract },
        })),
        conditions: probe.conditions.map(shownCondition),
      };
    case "tcp":
      return shownTcp(probe);
    case "tls":
      return shownTls(probe);
    case "dns":
      return shownDns(probe, shownUrl(probe.resolver));
    case "websocket":
      return shownWebSocket(probe, shownUrl(probe.url));
    case "heartbeat":
      return { ...probe };
  }
}

function shownExchange(exchange: HttpExchange) {
  return {
    method: exchange.method,
    url: shownUrl(exchange.url),
    headerNames: Object.keys(exchange.headers),
    hasBody: exchange.body !== null,
    auth: exchange.auth?.kind ?? null,
    redirects: exchange.redirects ?? 0,
    conditions: exchange.conditions.map(shownCondition),
  };
}

function shownCondition(condition: Condition) {
  const { kind, otherwise } = condition;
  return { kind, demand: describeCondition(condition), otherwise };
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
  // References are no secrets, and read better as they were written.
  return url.href.replaceAll("%7B%7B", "{{").replaceAll("%7D%7D", "}}");
}
