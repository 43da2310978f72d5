import { expect, inject, it } from "vitest";
import { z } from "zod";
import type { ConfigInput } from "../../../shared/config/schema.ts";
import { decodeOutcome, decodeReason } from "../../../shared/storage/codes.ts";
import { metricsColumn } from "../../../shared/storage/rows.ts";
import { applyConfig, configOf, select, start, tickAt } from "../testing/harness.ts";

const { tcp, tls, resolverUrl, webSocketUrl } = inject("protocols");
const host = "127.0.0.1";
const dns = { type: "dns", resolver: resolverUrl } as const;
const common = { name: "Of the network" };

const monitors: readonly ConfigInput["monitors"][number][] = [
  { ...common, id: "a", type: "tcp", host, port: tcp.greeting, expect: { contains: "220 " } },
  { ...common, id: "b", type: "tcp", host, port: tcp.closing, expect: { contains: "250 " } },
  // For another name, whatever the day on which this runs.
  { ...common, id: "c", type: "tls", host, port: tls.modern, serverName: "netpost.test" },
  { ...common, id: "d", ...dns, host: "netpost.example" },
  { ...common, id: "e", ...dns, host: "nxdomain.example" },
  { ...common, id: "f", ...dns, host: "refused.example" },
  { ...common, id: "g", type: "websocket", url: `${webSocketUrl}/echo`, send: "hi" },
  { ...common, id: "h", type: "websocket", url: `${webSocketUrl}/status/401` },
];

const row = z.object({
  id: z.string(),
  outcome: z.int().transform(decodeOutcome),
  reason: z
    .int()
    .nullable()
    .transform((code) => (code === null ? null : decodeReason(code))),
  metrics: metricsColumn,
});

it("a tick records what probes of TCP, TLS, DNS and WebSocket see", async () => {
  await applyConfig(configOf(monitors));
  await tickAt(start);
  const sql = `SELECT monitors.id, outcome, reason, metrics
    FROM results JOIN monitors ON monitors.number = results.monitor
    WHERE region = 1 ORDER BY monitors.id`;
  expect(await select(row, sql)).toEqual([
    { id: "a", outcome: "up", reason: null, metrics: {} },
    { id: "b", outcome: "down", reason: "tcp-expect", metrics: {} },
    {
      ...{ id: "c", outcome: "down", reason: "certificate" },
      metrics: { certificateDaysLeft: expect.any(Number) },
    },
    { id: "d", outcome: "up", reason: null, metrics: {} },
    { id: "e", outcome: "down", reason: "dns-record", metrics: {} },
    { id: "f", outcome: "unknown", reason: "resolver-failed", metrics: {} },
    { id: "g", outcome: "up", reason: null, metrics: {} },
    { id: "h", outcome: "down", reason: "websocket", metrics: {} },
  ]);
});
