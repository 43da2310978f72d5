import type { DnsCondition } from "./domain/probes/dns.ts";
import type { LatencyCondition } from "./domain/probes/latency.ts";
import type { TlsCondition } from "./domain/probes/tls.ts";

/** What a TLS, DNS or latency condition demands, in words that go behind "expected". */
export function describeDemand(condition: TlsCondition | DnsCondition | LatencyCondition): string {
  switch (condition.kind) {
    case "latency":
      return `at most ${condition.maxMs} ms`;
    case "days-left":
      return `a certificate valid for at least ${condition.least} more days`;
    case "name":
      return "a certificate for the name asked for";
    case "issued":
      return "a certificate not signed by itself";
    case "issuer":
      return `an issuer that contains ${JSON.stringify(condition.contains)}`;
    case "version":
      return `at least TLS ${condition.least}`;
    case "contains":
      return `${JSON.stringify(condition.value)} among the records`;
    case "equals":
      return `exactly ${condition.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "at-least":
      return `at least ${condition.count} ${condition.count === 1 ? "record" : "records"}`;
  }
}
