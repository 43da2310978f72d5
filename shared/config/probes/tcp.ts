import { z } from "zod";
import type { TcpProbe } from "../../domain/probes/tcp.ts";
import { settings } from "../settings.ts";
import { hostField, portField } from "./host.ts";
import { compileBounds, latencyFields } from "./latency.ts";
import { messageField } from "./message.ts";

/** What a TCP monitor has besides the common fields. */
export const tcpFields = {
  type: z.literal("tcp"),
  host: hostField,
  port: portField,
  /** TLS from the first byte. */
  tls: z.boolean().default(false),
  /** Sent as it is: write line ends, for example "PING\r\n". */
  send: messageField(4_096).optional(),
  expect: settings({
    /** In the first 64 KiB of what comes back. */
    contains: z.string().min(1).max(4_096).optional(),
    ...latencyFields,
  }).prefault({}),
};

const tcpShape = z.object(tcpFields);

/** Compiles a TCP monitor. */
export function compileTcp(monitor: z.infer<typeof tcpShape>): TcpProbe {
  return {
    kind: "tcp",
    host: monitor.host,
    port: monitor.port,
    tls: monitor.tls,
    send: monitor.send ?? null,
    expect: monitor.expect.contains ?? null,
    conditions: compileBounds(monitor.expect),
  };
}
