import type { LatencyCondition } from "./latency.ts";

/** Opens a connection; where asked to, says something and waits for a text in what comes back. */
export interface TcpProbe {
  readonly kind: "tcp";
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte, with a certificate that must be trusted and name the host. */
  readonly tls: boolean;
  /** May refer to secrets; null to say nothing. */
  readonly send: string | null;
  /** Text that what comes back must contain; null to be content with the connection. */
  readonly expect: string | null;
  readonly conditions: readonly LatencyCondition[];
}
