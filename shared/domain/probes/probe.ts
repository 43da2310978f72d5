import type { DnsProbe } from "./dns.ts";
import type { HeartbeatProbe } from "./heartbeat.ts";
import type { HttpProbe } from "./http.ts";
import type { TcpProbe } from "./tcp.ts";
import type { TlsProbe } from "./tls.ts";
import type { TransactionProbe } from "./transaction.ts";
import type { WebSocketProbe } from "./websocket.ts";

/** What a monitor asks and demands; one member for each kind. */
export type Probe =
  | HttpProbe
  | TransactionProbe
  | TcpProbe
  | TlsProbe
  | DnsProbe
  | WebSocketProbe
  | HeartbeatProbe;
