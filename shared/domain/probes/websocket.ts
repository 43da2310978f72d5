import type { LatencyCondition } from "./latency.ts";

/** Opens a WebSocket; where asked to, sends a message and waits for a text in an answer. */
export interface WebSocketProbe {
  readonly kind: "websocket";
  /** `ws:` or `wss:`. */
  readonly url: string;
  /** Of the opening request; values may refer to secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** May refer to secrets; null to send nothing. */
  readonly send: string | null;
  /** Text that one of the messages that come back must contain; null to wait for none. */
  readonly expect: string | null;
  readonly conditions: readonly LatencyCondition[];
}
