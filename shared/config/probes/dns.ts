import { z } from "zod";
import { recordTypeSchema } from "../../contract/probes/dns.ts";
import type { DnsCondition, DnsProbe } from "../../domain/probes/dns.ts";
import { settings } from "../settings.ts";
import { hostNameField } from "./host.ts";
import { compileBounds, latencyFields } from "./latency.ts";

const record = z.string().min(1).max(1_024);

/** What a DNS monitor has besides the common fields. */
export const dnsFields = {
  type: z.literal("dns"),
  /** Of the records. */
  host: hostNameField,
  record: recordTypeSchema.default("A"),
  /** Answers DNS over HTTPS in JSON (`application/dns-json`). */
  resolver: z
    .url({ protocol: /^https?$/, error: "an http(s) URL" })
    .default("https://cloudflare-dns.com/dns-query"),
  expect: settings({
    /** Each is among the records; of TXT records, each is contained in one. */
    contains: z.array(record).default([]),
    /** The records are these and no others, in any order. */
    equals: z.array(record).min(1).optional(),
    /** At least so many records. */
    atLeast: z.int().min(1).max(100).default(1),
    ...latencyFields,
  }).prefault({}),
};

const dnsShape = z.object(dnsFields);

/** Compiles a DNS monitor. */
export function compileDns(monitor: z.infer<typeof dnsShape>): DnsProbe {
  const { contains, equals, atLeast } = monitor.expect;
  const conditions: DnsCondition[] = [{ kind: "at-least", count: atLeast, otherwise: "down" }];
  for (const value of contains) conditions.push({ kind: "contains", value, otherwise: "down" });
  if (equals !== undefined) conditions.push({ kind: "equals", values: equals, otherwise: "down" });
  return {
    kind: "dns",
    name: monitor.host,
    recordType: monitor.record,
    resolver: monitor.resolver,
    conditions: [...conditions, ...compileBounds(monitor.expect)],
  };
}
