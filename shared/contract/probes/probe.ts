import { z } from "zod";
import type { Probe } from "../../domain/probes/probe.ts";
import { dnsProbeSchema } from "./dns.ts";
import { heartbeatProbeSchema } from "./heartbeat.ts";
import { httpProbeSchema } from "./http.ts";
import { tcpProbeSchema } from "./tcp.ts";
import { tlsProbeSchema } from "./tls.ts";
import { transactionProbeSchema } from "./transaction.ts";
import { webSocketProbeSchema } from "./websocket.ts";

/** One line for each kind of probe. */
export const probeSchema = z.discriminatedUnion("kind", [
  httpProbeSchema,
  transactionProbeSchema,
  tcpProbeSchema,
  tlsProbeSchema,
  dnsProbeSchema,
  webSocketProbeSchema,
  heartbeatProbeSchema,
]) satisfies z.ZodType<Probe>;
