import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { Plan } from "../../../shared/domain/plan.ts";
import { overall, type ScopedStatus, statusKey } from "../../../shared/domain/recording.ts";
import { initialState } from "../../../shared/domain/status.ts";
import { takeReadings } from "../../../shared/measure/alert-readings.ts";
import type { ReadingSource } from "../../../shared/measure/reading-source.ts";
import { readAlertingDocuments } from "../../../shared/storage/alerting/documents.ts";
import { countOutages, readOutageNews } from "../../../shared/storage/alerting/outage-news.ts";
import {
  planOf,
  watchedDatabase,
} from "../../../shared/storage/alerting/testing/watched-database.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { applyConfig, configOf, start } from "../testing/harness.ts";

const now = start + 3_600;
let plan: Plan;

beforeEach(async () => {
  await env.DB.batch(
    ["results", "outages", "transitions"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
  );
  await applyConfig(
    configOf(["a", "b"].map((id) => ({ id, name: id, url: "/", intervalSeconds: 60 }))),
    start,
  );
  plan = await readPlan(env.DB);
});

/** A result of every region in each of the last minutes. */
async function seen(monitor: number, latencyMs: number, outcome = 0): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO results (time, monitor, region, outcome, attempts, latency_ms)
     SELECT ?1 - 60 * minute.value, ?2, region.value, ?4, 1, ?3
     FROM json_each('[1,2,3,4,5]') AS minute CROSS JOIN json_each('[1,2,3]') AS region`,
  )
    .bind(now, monitor, latencyMs, outcome)
    .run();
}

function source(more: Partial<ReadingSource> = {}): ReadingSource {
  const lastSpans = plan.regions.map(({ number }) => {
    return { region: number, step: 60 as const, from: start, to: now };
  });
  return { now, plan, lastSpans, statuses: new Map(), ...more };
}

async function values(rule: string, more: Partial<ReadingSource> = {}) {
  const { rules } = await readAlertingDocuments(env.DB);
  const { byRule, faults } = await takeReadings(env.DB, source(more), rules);
  expect(faults).toEqual({});
  return byRule.get(rule)?.map(({ subject, value }) => {
    const { monitor, region, metric } = subject;
    return [monitor ?? region ?? metric ?? "", value];
  });
}

function statusesOf(outage: { startedAt: number; endedAt: number | null }) {
  const status: ScopedStatus = {
    ...initialState(start),
    ...{ monitor: 1, scope: overall, cause: null },
    outage: { ...outage, reopenings: 0 },
  };
  return new Map([[statusKey(1, overall), status]]);
}

describe("the rules that come with the product", () => {
  it("are read, and can all be measured", async () => {
    const { rules, policies } = await readAlertingDocuments(env.DB);
    expect(rules.map(({ id }) => id)).toEqual([
      "budget-forecast",
      "burn-rate-fast",
      "burn-rate-slow",
      "certificate",
      "channel-away",
      "clock-skew",
      "database-faults",
      "database-time",
      "dead-letters",
      "dropped-results",
      "error-rate",
      "export-faults",
      "health-score",
      "heartbeat",
      "memory",
      "missed-ticks",
      "object-fault",
      "outbox-stuck",
      "quota",
      "region-fault",
      "response-time",
      "service-down",
      "stale-data",
      "stale-plan",
      "step-faults",
    ]);
    expect(policies.map(({ id }) => id)).toEqual(["default"]);
    const { byRule, faults } = await takeReadings(env.DB, source(), rules);
    expect(faults).toEqual({});
    expect([...byRule.keys()].sort()).toEqual(
      rules.map(({ id }) => id).filter((id) => !["service-down", "heartbeat"].includes(id)),
    );
  });
});

describe("readings", () => {
  it("of response time and errors are those of the last minutes", async () => {
    await seen(1, 1_500);
    expect(await values("response-time")).toEqual([
      ["a", 1_500],
      ["b", null],
    ]);
    expect(await values("error-rate")).toEqual([
      ["a", 0],
      ["b", null],
    ]);
  });

  it("say nothing of a monitor that was down in that time: that is told as an outage", async () => {
    await seen(1, 1_500);
    const during = { statuses: statusesOf({ startedAt: now - 120, endedAt: null }) };
    expect(await values("response-time", during)).toEqual([
      ["a", null],
      ["b", null],
    ]);
    const after = { statuses: statusesOf({ startedAt: now - 900, endedAt: now - 600 }) };
    expect((await values("response-time", after))?.[0]).toEqual(["a", 1_500]);
  });

  it("of regions are of one that is silent, and of none where all are", async () => {
    const spans = source().lastSpans;
    const lastSpans = spans.map((span) => (span.region === 1 ? { ...span, to: now - 500 } : span));
    expect(await values("region-fault", { lastSpans })).toEqual([
      ["us-east", 500],
      ["us-west", 0],
      ["eu-west", 0],
    ]);
    const silent = { lastSpans: spans.map((span) => ({ ...span, to: now - 500 })) };
    expect((await values("region-fault", silent))?.map(([, value]) => value)).toEqual([
      null,
      null,
      null,
    ]);
    expect(await values("stale-data", silent)).toEqual([["", 500]]);
  });

  it("of a burn rate count a second outage, not the first", async () => {
    const add = (startedAt: number) =>
      env.DB.prepare(
        "INSERT INTO outages (monitor, started_at, detected_at, ended_at) VALUES (1, ?1, ?1, ?1 + 60)",
      )
        .bind(startedAt)
        .run();
    await env.DB.prepare(
      `INSERT INTO transitions (monitor, scope, at, from_status, to_status, decided_at) VALUES
         (1, 0, ?1, 'unknown', 'up', ?1), (1, 0, ?1 + 60, 'up', 'down', ?1),
         (1, 0, ?1 + 3400, 'down', 'up', ?1)`,
    )
      .bind(start)
      .run();
    await env.DB.prepare("DELETE FROM coverage").run();
    await env.DB.prepare("INSERT INTO coverage SELECT value, 60, ?1, ?2 FROM json_each('[1,2,3]')")
      .bind(start, now)
      .run();
    const burnAfter = (startedAt: number) =>
      values("burn-rate-fast", { statuses: statusesOf({ startedAt, endedAt: startedAt + 60 }) });
    await add(now - 1_200);
    expect((await burnAfter(now - 1_200))?.[0]).toEqual(["a", 0]);
    await add(now - 400);
    const [, value] = (await burnAfter(now - 400))?.[0] ?? [];
    expect(value).toBeGreaterThan(14.4);
  });

  it("of budgets read nothing of monitors that were not down in their windows", async () => {
    const { rules } = await readAlertingDocuments(env.DB);
    const budgets = rules.filter(({ id }) => ["burn-rate-fast", "budget-forecast"].includes(id));
    const statements = async (endedAt: number) => {
      const watched = watchedDatabase(env.DB);
      const statuses = statusesOf({ startedAt: endedAt - 60, endedAt });
      const { byRule } = await takeReadings(watched.db, source({ statuses }), budgets);
      return { sent: watched.sent.length, byRule };
    };
    const calm = await statements(now - 31 * 86_400);
    expect(calm.sent).toBe(0);
    expect(calm.byRule.get("burn-rate-fast")?.map(({ value }) => value)).toEqual([0, 0]);
    expect(calm.byRule.get("budget-forecast")?.map(({ value }) => value)).toEqual([30, 30]);
    expect((await statements(now - 600)).sent).toBeGreaterThan(0);
  });

  it("are as many statements for many rules as for one of each kind", async () => {
    const { rules } = await readAlertingDocuments(env.DB);
    const count = async (times: number) => {
      const watched = watchedDatabase(env.DB);
      const many = Array.from({ length: times }, (_, index) =>
        rules.map((rule) => ({ ...rule, id: `${rule.id}-${index}` })),
      );
      await takeReadings(watched.db, source(), many.flat());
      return watched.sent.length;
    };
    expect(await count(5)).toBe(await count(1));
  });
});

describe("the news of outages", () => {
  it("are those that go on, and those that changed since, found by index", async () => {
    const insert = `INSERT INTO outages (monitor, started_at, detected_at, ended_at, changed_in)
      VALUES (1, 100, 100, 200, 3), (1, 300, 300, 400, 9), (2, 350, 350, NULL, 2)`;
    await env.DB.batch([
      env.DB.prepare(insert),
      env.DB.prepare("UPDATE alert_ledger SET seen = 5"),
    ]);
    const watched = watchedDatabase(env.DB);
    const { outages, seen: until } = await readOutageNews(watched.db);
    expect(outages.map(({ startedAt }) => startedAt)).toEqual([300, 350]);
    expect(until).toBe(9);
    expect(await countOutages(watched.db, [1, 2], 150)).toEqual(
      new Map([
        [1, 1],
        [2, 1],
      ]),
    );
    const plans = (await Promise.all(watched.sent.map((one) => planOf(env.DB, one)))).flat();
    const scans = plans.filter((line) => line.startsWith("SCAN outages"));
    expect(scans.filter((line) => !line.includes("open_outages"))).toEqual([]);
  });
});
