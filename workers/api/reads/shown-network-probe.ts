/** How probes of the network are shown: without what they send, and without header values. */
import type { MonitorDocument } from "../../../shared/contract/api/monitors.ts";
import { describeDemand } from "../../../shared/describe-demand.ts";
import type { DnsCondition, DnsProbe } from "../../../shared/domain/probes/dns.ts";
import type { LatencyCondition } from "../../../shared/domain/probes/latency.ts";
import type { TcpProbe } from "../../../shared/domain/probes/tcp.ts";
import type { TlsCondition, TlsProbe } from "../../../shared/domain/probes/tls.ts";
import type { WebSocketProbe } from "../../../shared/domain/probes/websocket.ts";

type Shown<Kind> = Extract<MonitorDocument["probe"], { kind: Kind }>;

export function shownTcp({ send, conditions, ...probe }: TcpProbe): Shown<"tcp"> {
  return { ...probe, sends: send !== null, conditions: conditions.map(shownDemand) };
}

export function shownTls({ conditions, ...probe }: TlsProbe): Shown<"tls"> {
  return { ...probe, conditions: conditions.map(shownDemand) };
}

/** @param url the resolver's, as it may be shown */
export function shownDns({ conditions, ...probe }: DnsProbe, url: string): Shown<"dns"> {
  return { ...probe, resolver: url, conditions: conditions.map(shownDemand) };
}

/** @param url the probe's, as it may be shown */
export function shownWebSocket(probe: WebSocketProbe, url: string): Shown<"websocket"> {
  return {
    kind: probe.kind,
    url,
    headerNames: Object.keys(probe.headers),
    sends: probe.send !== null,
    expect: probe.expect,
    conditions: probe.conditions.map(shownDemand),
  };
}

function shownDemand(condition: TlsCondition | DnsCondition | LatencyCondition) {
  const { kind, otherwise } = condition;
  return { kind, demand: describeDemand(condition), otherwise };
}
