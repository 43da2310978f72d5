import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { readExports } from "../../../shared/storage/exports.ts";
import type { Env } from "../env.ts";
import { type ScriptedAnswer, Vendor } from "../exporters/testing/vendor.ts";
import { beginAnew, monitorOf } from "../testing/alerting.ts";
import {
  applyConfig,
  configOf,
  freshSurroundings,
  standingClock,
  start,
} from "../testing/harness.ts";
import { tick } from "./tick.ts";

const datadogKey = "0123456789abcdef0123456789abcdef";
const newRelicKey = "planted0license0key00000000000000000NRAL";

let otlp = new Vendor("otlp");
let datadog = new Vendor("datadog");
let newRelic = new Vendor("new-relic");
let minute = start;

beforeEach(async () => {
  await beginAnew();
  await env.DB.prepare("DELETE FROM exports").run();
  minute += 86_400;
  await applyConfig(configOf([monitorOf("feed", "/api/feed")]), minute - 60);
  otlp = new Vendor("otlp");
  datadog = new Vendor("datadog");
  newRelic = new Vendor("new-relic");
});

function settings() {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20planted-token",
    DATADOG_API_KEY: datadogKey,
    DATADOG_API_URL: datadog.url,
    NEW_RELIC_LICENSE_KEY: newRelicKey,
    NEW_RELIC_API_URL: newRelic.url,
  };
}

/** Runs the tick of so many minutes from the first one on, with some of the settings. */
async function tickAt(minutes: number, given: object = settings()) {
  const at = minute + minutes * 60;
  const surroundings = freshSurroundings(standingClock(at + 1));
  const all: Env = { ...surroundings.env, ...given };
  const outcome = await tick({ ...surroundings, env: all }, at);
  return outcome.upkeep?.told["exports"] ?? null;
}

const only = (name: "datadog") => ({
  [name]: { DATADOG_API_KEY: datadogKey, DATADOG_API_URL: datadog.url },
});
const toDatadog = () => only("datadog").datadog ?? {};

const seriesSchema = z.object({
  series: z.array(
    z.object({
      metric: z.string(),
      points: z.array(z.object({ timestamp: z.number(), value: z.number() })),
      tags: z.array(z.string()),
    }),
  ),
});

async function series() {
  const { requests } = await datadog.state();
  return requests.flatMap(({ body }) => seriesSchema.parse(JSON.parse(body)).series);
}

const state = async (name: string) => (await readExports(env.DB)).find((one) => one.name === name);

describe("a minute", () => {
  it("is exported to every service as its description demands, once, with no secret kept", async () => {
    const said = vi.spyOn(console, "info");
    await tickAt(0, {});
    const told = await tickAt(1);
    for (const vendor of [otlp, datadog, newRelic]) {
      const answered = await vendor.answered();
      expect(answered).toHaveLength(1);
      expect([200, 202]).toContain(answered[0]);
    }
    expect(told).toMatchObject({ otlp: { requests: 1 }, datadog: { requests: 1 } });
    const found = await series();
    const of = (metric: string) => found.filter((one) => one.metric === metric);
    expect(of("probe_success")).toHaveLength(3);
    expect(of("probe_success")[0]).toMatchObject({
      points: [{ timestamp: minute, value: 1 }],
      tags: ["monitor:feed", "group:API", "region:us-east"],
    });
    expect(of("probe_duration_seconds")).toHaveLength(3);
    expect(of("netpost_probe_results").map(({ points }) => points[0]?.value)).toEqual([1, 1, 1]);
    expect(of("netpost_monitor_status").filter(({ points }) => points[0]?.value === 1)).toEqual([
      expect.objectContaining({ tags: expect.arrayContaining(["status:up"]) }),
    ]);
    expect(of("netpost_tick_lag_seconds")).toHaveLength(1);
    expect(of("netpost_incidents_open")).toHaveLength(4);

    // The same tick once more, at once and later.
    await Promise.all([tickAt(1), tickAt(1)]);
    expect(await datadog.answered()).toHaveLength(1);

    expect(await state("datadog")).toMatchObject({
      ...{ until: minute + 60, sent: found.length, droppedPoints: 0, droppedMinutes: 0 },
      ...{ failures: 0, reason: null, lastSuccessAt: minute + 61 },
    });
    const kept = JSON.stringify([await readExports(env.DB), said.mock.calls]);
    for (const secret of [datadogKey, newRelicKey, "planted"]) expect(kept).not.toContain(secret);
  });
});

describe("a service that fails", () => {
  it.each<[string, ScriptedAnswer[], object]>([
    ["is away", [{ status: 503 }], { reason: "server-error", heldUntil: 0 }],
    ["breaks the connection", ["lost"], { reason: "connection", heldUntil: 0 }],
    [
      "asks for a pause",
      [{ status: 429, headers: { "Retry-After": "100" } }],
      { reason: "rate-limited", heldUntilIn: 100 },
    ],
    ["refuses the key", [{ status: 403 }], { reason: "unauthorized", heldUntilIn: 300 }],
  ])("that %s gets its minutes later", async (_, next, { ...expected }) => {
    await tickAt(0, {});
    await datadog.script(next);
    const told = await tickAt(1, toDatadog());
    expect(told).toMatchObject({ datadog: { sent: 0 } });
    const kept = await state("datadog");
    const { heldUntilIn, ...rest } = z
      .looseObject({ heldUntilIn: z.number().optional() })
      .parse(expected);
    const held = heldUntilIn === undefined ? {} : { heldUntil: minute + 61 + heldUntilIn };
    expect(kept).toMatchObject({ ...rest, ...held, failures: 1, until: minute, droppedPoints: 0 });

    await tickAt(2, toDatadog());
    const isHeld = heldUntilIn !== undefined;
    expect(await datadog.answered()).toHaveLength(isHeld ? 1 : 3);
    await tickAt(7, toDatadog());
    const times = new Set(
      (await series())
        .filter(({ metric }) => metric === "probe_success")
        .map(({ points }) => points[0]?.timestamp),
    );
    // Minutes that ran: 0, 1, 2.
    expect([...times]).toEqual([minute, minute + 60, minute + 120]);
    expect(await state("datadog")).toMatchObject({ failures: 0, until: minute + 420 });
  });

  it("loses what it refuses for good, and half a request that is too large is tried", async () => {
    await tickAt(0, {});
    await datadog.script([{ status: 400 }]);
    const told = await tickAt(1, toDatadog());
    const refused = (await series()).length;
    expect(told).toMatchObject({ datadog: { droppedPoints: refused, reason: "rejected" } });
    expect(await state("datadog")).toMatchObject({ until: minute + 60, droppedPoints: refused });

    await datadog.script([], 2_000);
    await tickAt(2, toDatadog());
    const answered = (await datadog.answered()).slice(1);
    expect(answered[0]).toBe(413);
    expect(answered.filter((status) => status === 202).length).toBeGreaterThan(1);
    expect(answered.length).toBeLessThanOrEqual(12);
    const after = await state("datadog");
    expect(after?.droppedPoints).toBe(refused);
    expect(after?.until).toBe(minute + 120);
  });

  it("is given up on for minutes that are too old, which is counted, and harms no tick", async () => {
    await tickAt(0, {});
    await datadog.script(Array.from({ length: 3 }, () => ({ status: 500 })));
    await tickAt(1, toDatadog());
    const surroundings = freshSurroundings(standingClock(minute + 3_601));
    const all: Env = { ...surroundings.env, ...toDatadog() };
    const outcome = await tick({ ...surroundings, env: all }, minute + 3_600);
    expect(outcome.upkeep?.failed).toEqual([]);
    expect(outcome.rounds.every((round) => round.kind === "run")).toBe(true);
    // From minute 0 to 30 minutes before minute 60.
    expect(await state("datadog")).toMatchObject({ droppedMinutes: 30 });
    const { results } = await env.DB.prepare(
      "SELECT detail FROM own_faults WHERE kind = 'exporter'",
    ).all();
    expect(JSON.stringify(results)).toContain("datadog: server-error: status 500");
  });
});
