/** Every kind of probe refuses hosts that are private, unless the setting allows them. */
import { expect, it } from "vitest";
import type { Probe } from "../../../shared/domain/probes/probe.ts";
import { attemptProbe } from "./registry.ts";
import { secretsOf } from "./secrets.ts";
import { broken, contextOf, loopback } from "./testing/attempts.ts";

const http = { method: "GET", headers: {}, body: null, conditions: [], redirects: 2 } as const;
const { closed } = broken.ports;

/** Nothing listens at any of them: a probe that is made is down. */
const targets: [string, Probe][] = [
  ["http", { kind: "http", url: `http://${loopback}:${closed}/`, ...http }],
  ["http by another spelling", { kind: "http", url: `http://2130706433:${closed}/`, ...http }],
  ["http by name", { kind: "http", url: `http://localhost:${closed}/`, ...http }],
  ["http by secret", { kind: "http", url: `http://{{secret.PROBE_HOST}}:${closed}/`, ...http }],
  [
    "transaction",
    {
      kind: "transaction",
      steps: [{ name: "one", url: `http://${loopback}:${closed}/`, ...http }],
      conditions: [],
    },
  ],
  [
    "tcp",
    {
      ...{ kind: "tcp", host: loopback, port: closed, tls: false, send: null, expect: null },
      conditions: [],
    },
  ],
  [
    "tls",
    { kind: "tls", host: "::1", port: closed, serverName: "netpost.example", conditions: [] },
  ],
  [
    "websocket",
    {
      ...{ kind: "websocket", url: `ws://${loopback}:${closed}/`, headers: {}, send: null },
      ...{ expect: null, conditions: [] },
    },
  ],
  [
    "dns",
    {
      ...{ kind: "dns", name: "netpost.example", recordType: "A", conditions: [] },
      resolver: `http://${loopback}:${closed}/`,
    },
  ],
];
const secrets = secretsOf({ PROBE_HOST: "127.0.0.1" });

it.each(targets)("a probe by %s of a private host is refused, and not made", async (_, probe) => {
  const refusing = contextOf({ secrets, allowsPrivate: false });
  const { outcome } = await attemptProbe(probe, refusing);
  expect(outcome).toEqual({
    outcome: "unknown",
    reason: "target-refused",
    detail: expect.stringMatching(/ is private; ALLOW_PRIVATE_TARGETS is not set$/),
  });
});

it.each(targets)(
  "a probe by %s of a private host is made where it is allowed",
  async (_, probe) => {
    const { outcome } = await attemptProbe(probe, contextOf({ secrets }));
    expect(outcome).not.toMatchObject({ reason: "target-refused" });
  },
);

it("a target that resolves elsewhere is not looked up", async () => {
  const probe: Probe = { kind: "http", url: "http://netpost.invalid/", ...http };
  const { outcome } = await attemptProbe(probe, contextOf({ allowsPrivate: false }));
  expect(outcome).toMatchObject({ outcome: "down", reason: "connection" });
});
