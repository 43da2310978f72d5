import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { day, hour, rollupStart } from "../../../shared/domain/rollup.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { rollUpSlice } from "../../../shared/storage/roll-up-slice.ts";
import { readWork } from "../../../shared/storage/rollup-work.ts";
import { countingDatabase } from "../testing/counting-database.ts";
import { countingRows } from "../testing/counting-rows.ts";
import { type ParsedSample, parseExposition } from "../testing/parse-exposition.ts";
import { readProblem } from "../testing/read-answer.ts";
import {
  allUp,
  applyConfig,
  ask,
  configOf,
  down,
  minute,
  plainMonitors,
  record,
  resetWorld,
  start,
  up,
} from "../testing/world.ts";

const path = "/api/monitoring/metrics";
const now = minute(10) + 30;

beforeEach(async () => {
  await resetWorld();
  await applyConfig(
    configOf([
      {
        id: "numbers",
        name: "Numbers",
        group: 'Say "numbers"\\',
        category: "system",
        url: "/api/metrics",
        metrics: { memoryMb: "$.memoryMb" },
      },
      ...plainMonitors("home"),
    ]),
  );
});

async function scrape(at = now, environment = {}): Promise<readonly ParsedSample[]> {
  const response = await ask(`${path}?format=prometheus`, { at, environment });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return parseExposition(text).samples;
}

/** Values of a metric by the labels asked for. */
function valuesOf(
  samples: readonly ParsedSample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number[] {
  return samples
    .filter((one) => one.name === name)
    .filter((one) => Object.entries(labels).every(([label, text]) => one.labels[label] === text))
    .map(({ value }) => value);
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe("the metrics as text", () => {
  it.each([
    ["?format=prometheus", "*/*", "text/plain; version=0.0.4; charset=utf-8"],
    ["", "text/plain;version=0.0.4", "text/plain; version=0.0.4; charset=utf-8"],
    [
      "",
      "application/openmetrics-text;version=1.0.0,*/*;q=0.1",
      "application/openmetrics-text; version=1.0.0; charset=utf-8",
    ],
    ["?format=json", "text/plain", "application/json"],
  ])("%j with Accept %s is %s, to HEAD as well", async (query, accept, type) => {
    for (const method of ["GET", "HEAD"]) {
      const response = await ask(path + query, { at: now, method, headers: { Accept: accept } });
      expect(response.status).toBe(200);
      expect(response.headers.get("Content-Type")).toBe(type);
      expect(response.headers.get("Vary")).toContain("Accept");
      expect((await response.text()) === "").toBe(method === "HEAD");
    }
  });

  it("refuses what only JSON can answer", async () => {
    const response = await ask(`${path}?format=prometheus&name=memoryMb`, { at: now });
    const { errors } = await readProblem(response, "invalid-request", 400);
    expect(errors).toEqual([{ field: "name", message: "not with prometheus; format=json has it" }]);
  });

  it("tells what probes saw by blackbox_exporter's names", async () => {
    await record(
      { from: minute(0), to: minute(10) },
      (monitor, region) => (monitor === "home" && region === "us-east" ? down() : up),
      1,
      (monitor) => ({ ...(monitor === "numbers" && { memoryMb: 432 }) }),
    );
    const samples = await scrape();
    const home = { instance: "home", monitor: "home", region: "us-east" };
    expect(valuesOf(samples, "probe_success", home)).toEqual([0]);
    expect(valuesOf(samples, "probe_success")).toHaveLength(6);
    expect(sum(valuesOf(samples, "probe_success"))).toBe(5);
    expect(valuesOf(samples, "probe_http_status_code")).toEqual([503]);
    expect(valuesOf(samples, "probe_duration_seconds", home)).toEqual([0.041]);
    const escaped = { group: 'Say "numbers"\\', category: "system", status: "up" };
    expect(valuesOf(samples, "netpost_monitor_status", escaped)).toEqual([1]);
    const degraded = { monitor: "home", status: "degraded" };
    expect(valuesOf(samples, "netpost_monitor_status", degraded)).toEqual([1]);
    expect(valuesOf(samples, "netpost_monitor_status", { monitor: "home" })).toHaveLength(4);
    expect(valuesOf(samples, "netpost_metric_value", { name: "memoryMb" })).toEqual([432]);
    expect(
      valuesOf(samples, "netpost_metric_threshold", { name: "memoryMb", level: "critical" }),
    ).toEqual([500]);
    expect(valuesOf(samples, "netpost_region_coverage")).toEqual([1, 1, 1]);
    expect(valuesOf(samples, "netpost_slo_error_budget_remaining_ratio")).toEqual([1, 1]);
    expect(valuesOf(samples, "netpost_incidents_open", { priority: "P1" })).toEqual([0]);
    expect(valuesOf(samples, "netpost_stale")).toEqual([0]);
    expect(valuesOf(samples, "netpost_build_info")).toEqual([1]);
  });

  it("says nothing of what it does not know any more", async () => {
    await record({ from: minute(0), to: minute(10) }, allUp);
    const samples = await scrape(minute(20));
    expect(valuesOf(samples, "probe_success")).toEqual([]);
    expect(valuesOf(samples, "netpost_stale")).toEqual([1]);
    expect(valuesOf(samples, "netpost_monitor_status", { status: "unknown" })).toEqual([1, 1]);
    expect(valuesOf(samples, "netpost_probe_results_total", { outcome: "up" })).toEqual(
      Array(6).fill(10),
    );
  });

  it("counts in histograms what was measured", async () => {
    await record({ from: minute(0), to: minute(10) }, allUp);
    const samples = await scrape();
    const home = { monitor: "home", region: "us-east" };
    const bucket = (le: string) =>
      valuesOf(samples, "netpost_probe_duration_seconds_bucket", { ...home, le });
    expect([bucket("0.025"), bucket("0.05"), bucket("1.0"), bucket("+Inf")]).toEqual([
      [0],
      [10],
      [10],
      [10],
    ]);
    expect(valuesOf(samples, "netpost_probe_duration_seconds_count", home)).toEqual([10]);
    expect(valuesOf(samples, "netpost_probe_duration_seconds_sum", home)).toEqual([0.41]);
  });

  it("counts on through hours that are rolled up, until the day is over", async () => {
    const midnight = rollupStart(day, start) + day;
    const plan = await readPlan(env.DB);
    let rounds = 0;
    for (let at = start; at < midnight; at += 1800) {
      await record({ from: at, to: at + 60 }, allUp);
      rounds += 1;
      // Every third time, what is left to do of some hours is done.
      for (const work of rounds % 3 === 0 ? await readWork(env.DB, at - hour) : []) {
        await rollUpSlice(env.DB, plan, work, 10_000, []);
      }
      const samples = await scrape(at + 30);
      expect(sum(valuesOf(samples, "netpost_probe_results_total"))).toBe(rounds * 6);
    }
    const samples = await scrape(midnight + 10);
    expect(sum(valuesOf(samples, "netpost_probe_results_total"))).toBe(0);
    expect(valuesOf(samples, "netpost_counters_since_timestamp_seconds")).toEqual([midnight]);
  });

  it("reads no more rows after a hundred days than after one", async () => {
    const counted = async () => {
      const { database, rowsRead } = countingRows(env.DB);
      await scrape(now, { DB: database });
      return rowsRead("");
    };
    await record({ from: minute(0), to: minute(10) }, allUp);
    const before = await counted();
    const days = `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 2400)`;
    const hourStart = rollupStart(hour, start) - day;
    await env.DB.batch([
      env.DB.prepare(
        `INSERT INTO results (time, monitor, region, outcome, attempts, latency_ms)
           ${days} SELECT ?1 - n * 3600, monitors.number, regions.number, 0, 1, 50
           FROM n, monitors, regions`,
      ).bind(hourStart),
      env.DB.prepare(
        `INSERT INTO rollups (step, monitor, region, start, up, degraded, down, unknown, attempts,
             latency_count, latency_sum, sketch)
           ${days} SELECT 3600, monitors.number, regions.number, ?1 - n * 3600, 1, 0, 0, 0, 1, 0, 0, ''
           FROM n, monitors, regions`,
      ).bind(hourStart),
      env.DB.prepare(
        `INSERT INTO transitions (monitor, scope, at, from_status, to_status, decided_at)
           ${days} SELECT monitors.number, 0, ?1 - n * 3600, 'up', 'down', 0 FROM n, monitors`,
      ).bind(hourStart - 31 * day),
      env.DB.prepare(
        `INSERT INTO notifications (id, incident, channel, kind, sequence, because, created_at,
             state, waiting_since, next_at)
           ${days} SELECT n, 'i', 'slack', 'trigger', n, '', ?1 - n * 3600, 'sent', 0, 0 FROM n`,
      ).bind(hourStart),
    ]);
    expect(await counted()).toBeLessThanOrEqual(before);
  });

  it("asks the database so many times, whatever there is", async () => {
    const counted = async () => {
      const { database, statements } = countingDatabase(env.DB);
      await scrape(now, { DB: database });
      return statements();
    };
    await record({ from: minute(0), to: minute(10) }, allUp);
    const few = await counted();
    await applyConfig(configOf(plainMonitors(...Array.from({ length: 40 }, (_, n) => `m${n}`))));
    await record({ from: minute(10), to: minute(11) }, (_, region) =>
      region === "us-east" ? down() : up,
    );
    expect(await counted()).toBeLessThanOrEqual(few);
    expect(few).toBeLessThanOrEqual(30);
  });
});
