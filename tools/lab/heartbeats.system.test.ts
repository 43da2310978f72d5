/** A job calls in at the real api Worker, and the real tick of the probe Worker judges it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { parseConfig } from "../../shared/config/parse.ts";
import { singleMonitorSchema } from "../../shared/contract/api/monitors.ts";
import { apply, propose } from "../../shared/storage/plans.ts";
import { d1OverBatch } from "../config/index.ts";
import { earlyMinute } from "../runtime/early-minute.ts";
import { type Runtime, startRuntime } from "../runtime/index.ts";

const adminToken = "admin-token-for-tests";
const dataDir = await mkdtemp(join(tmpdir(), "netpost-heartbeats-"));
let runtime: Runtime;
let pingUrl = "";
// Pings come by the machine's clock, ticks by the one that is set: they start in its minute, of
// which enough is left for all that comes before the tick after it.
let first = 0;

const tick = async (minute: number) => {
  const outcome = await runtime.tick(new Date((first + minute * 60) * 1000));
  expect(outcome.outcome).toBe("ok");
};

async function shown() {
  const response = await fetch(`${runtime.apiUrl}/api/monitoring/monitors/backup`, {
    headers: { Authorization: `Bearer ${adminToken}` },
  });
  return singleMonitorSchema.parse(await response.json());
}

async function ping(path = "", init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(`${pingUrl}${path}`, init);
  expect(response.status).toBe(200);
  return response.json();
}

const result = z.object({
  outcome: z.int(),
  reason: z.int().nullable(),
  detail: z.string().nullable(),
});
const lastResult = async () => {
  const sql = "SELECT outcome, reason, detail FROM results ORDER BY time DESC LIMIT 1";
  return result.parse((await runtime.query(sql)).rows[0]);
};

beforeAll(async () => {
  runtime = await startRuntime({
    configPath: fileURLToPath(new URL("./heartbeats.toml", import.meta.url)),
    dataDir,
    vars: {
      api: { ADMIN_TOKEN: adminToken, HEARTBEAT_SECRET: "a-secret-of-more-than-32-characters" },
    },
  });
  first = (await earlyMinute()).getTime() / 1000;
  const parsed = parseConfig({
    baseUrl: "https://netpost.test",
    regions: { "us-east": { locationHint: "enam" } },
    monitors: [
      { id: "backup", name: "Backup", type: "heartbeat", every: 3_600, graceSeconds: 600 },
    ],
  });
  if (!parsed.ok) throw new Error(parsed.mistakes.join("; "));
  const db = d1OverBatch(runtime.batch);
  await apply(db, await propose(db, parsed.config, first), first);
  pingUrl = (await shown()).heartbeat?.pingUrl ?? "";
});

afterAll(async () => {
  await runtime.stop();
  await rm(dataDir, { recursive: true, force: true });
});

describe("a job that calls in", () => {
  it("is judged by what it said, from its first ping to the one that is missing", async () => {
    await tick(1);
    expect((await shown()).monitor.status).toBe("unknown");

    expect(await ping("/start?rid=1", { method: "POST", body: "x".repeat(100_000) })).toEqual({
      taken: "start",
    });
    expect(await ping("/0?rid=1")).toEqual({ taken: "success" });
    await tick(2);
    expect(await lastResult()).toEqual({ outcome: 0, reason: null, detail: null });
    expect((await shown()).monitor.status).toBe("up");

    expect(await ping("/3", { method: "POST", body: "no space left on device" })).toEqual({
      taken: "failure",
    });
    await tick(3);
    expect(await lastResult()).toMatchObject({
      outcome: 2,
      detail: expect.stringContaining("exit status 3"),
    });
    expect((await shown()).monitor.cause).toMatchObject({
      reason: "heartbeat-failed",
      regions: ["inbound"],
    });

    const head = await fetch(pingUrl, { method: "HEAD" });
    expect(head.status).toBe(200);
    for (let minute = 4; minute <= 80; minute += 1) await tick(minute);
    const outcomes = (await runtime.query("SELECT outcome FROM results ORDER BY time")).rows;
    const list = z.array(z.object({ outcome: z.int() })).parse(outcomes);
    const codes = list.map((row) => row.outcome).join("");
    // Unknown has no result; then up, failed, up for 60 + 10 minutes after the last ping, missing.
    expect(codes).toMatch(/^020{67,68}2+$/);
    const outages = await runtime.query("SELECT ended_at, cause FROM outages ORDER BY number");
    expect(outages.rows).toMatchObject([
      { ended_at: first + 240 },
      { ended_at: null, cause: expect.stringContaining("heartbeat-missing") },
    ]);
  });
});
