import { z } from "zod";
import { type TlsCondition, type TlsProbe, tlsVersions } from "../../domain/probes/tls.ts";
import { settings } from "../settings.ts";
import { hostField, portField } from "./host.ts";
import { compileBounds, latencyFields } from "./latency.ts";

const days = z.int().min(0).max(1_000);

/** What a TLS monitor has besides the common fields. */
export const tlsFields = {
  type: z.literal("tls"),
  host: hostField,
  port: portField.default(443),
  /** Asked for and demanded of the certificate in place of `host`. */
  serverName: hostField.optional(),
  /** For a certificate that is signed by itself on purpose. */
  allowSelfSigned: z.boolean().default(false),
  expect: settings({
    /** Fewer days are degraded. */
    minDaysLeft: days.default(14),
    /** Fewer days are down; 0 is down only once it has expired. */
    downDaysLeft: days.default(0),
    /** In the issuer's distinguished name, for example "Let's Encrypt". */
    issuerContains: z.string().min(1).max(200).optional(),
    minVersion: z.enum(tlsVersions).default("1.2"),
    ...latencyFields,
  }).prefault({}),
};

const tlsShape = z.object(tlsFields);

/** Compiles a TLS monitor, its demands in the order in which they are judged. */
export function compileTls(monitor: z.infer<typeof tlsShape>): TlsProbe {
  const { expect, allowSelfSigned } = monitor;
  const { issuerContains, minVersion } = expect;
  const conditions: TlsCondition[] = [
    { kind: "days-left", least: expect.downDaysLeft, otherwise: "down" },
    { kind: "name", otherwise: "down" },
  ];
  if (!allowSelfSigned) conditions.push({ kind: "issued", otherwise: "down" });
  if (issuerContains !== undefined) {
    conditions.push({ kind: "issuer", contains: issuerContains, otherwise: "down" });
  }
  conditions.push({ kind: "version", least: minVersion, otherwise: "down" });
  if (expect.minDaysLeft > expect.downDaysLeft) {
    conditions.push({ kind: "days-left", least: expect.minDaysLeft, otherwise: "degraded" });
  }
  return {
    kind: "tls",
    host: monitor.host,
    port: monitor.port,
    serverName: monitor.serverName ?? monitor.host,
    conditions: [...conditions, ...compileBounds(expect)],
  };
}
