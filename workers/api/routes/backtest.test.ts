/** The past, as the product recorded and told it, replayed otherwise over the API. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type BacktestDocument, backtestSchema } from "../../../shared/contract/api/backtest.ts";
import {
  decideRound,
  dueRules,
  withoutChannels,
} from "../../../shared/domain/alerting/decide-round.ts";
import { nextInHours } from "../../../shared/local-days.ts";
import { takeReadings } from "../../../shared/measure/alert-readings.ts";
import { PastReadings, unreadable } from "../../../shared/measure/backtest-readings.ts";
import { nextTime } from "../../../shared/measure/material.ts";
import { commitAlerts, readAlertMemory } from "../../../shared/storage/alerting/alert-ledger.ts";
import { readRecordedResults } from "../../../shared/storage/alerting/backtest-material.ts";
import { readAlertingDocuments } from "../../../shared/storage/alerting/documents.ts";
import { readOutageNews } from "../../../shared/storage/alerting/outage-news.ts";
import { readCurrentSilences } from "../../../shared/storage/alerting/silences.ts";
import { readMemory } from "../../../shared/storage/ledger.ts";
import { readMaintenance } from "../../../shared/storage/maintenance.ts";
import { readFirstCoverage, readOwnFaults } from "../../../shared/storage/own-watch.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { readCoverage } from "../../../shared/storage/queries.ts";
import { send } from "../testing/alerting.ts";
import { readAnswer, readProblem } from "../testing/read-answer.ts";
import {
  applyConfig,
  ask,
  configOf,
  down,
  iso,
  minute,
  plainMonitors,
  readerKey,
  record,
  recordingDelay,
  resetWorld,
  up,
  type Weather,
} from "../testing/world.ts";

const path = "/api/monitoring/backtest";
const end = minute(45);

/** Slack is on, all others are off. */
const PROBE = {
  channels: async () => ({
    channels: ["slack", "email", "webhook", "pagerduty"].map((id) => {
      const on = id === "slack";
      return { id, type: on ? id : null, on, because: on ? null : "not set" };
    }),
    nextTestAt: null,
    testFault: null,
  }),
};

/** At minute 2 a blip, from 30 to 37 an outage; another monitor fails in one region only. */
const weather: Weather = (monitor, region, time) => {
  const count = (time - minute(0)) / 60;
  if (monitor === "api" && (count === 2 || (count >= 30 && count < 38))) return down();
  if (monitor === "home" && region === "us-west" && count >= 22 && count < 24) return down();
  return up;
};

/** The database grows slow from minute 3 on: 100 ms more each minute. */
const numbers = (monitor: string, time: number): Record<string, number> => {
  if (monitor !== "home") return {};
  const count = (time - minute(0)) / 60;
  return { databaseQueryMs: count < 3 || count > 13 ? 50 : 50 + (count - 2) * 100 };
};

/** A minute as a tick takes it: recorded, decided, written. */
async function tick(time: number): Promise<void> {
  await record({ from: time, to: time + 60 }, weather, 1, numbers);
  const now = time + recordingDelay;
  const plan = await readPlan(env.DB);
  const { memory } = await readMemory(env.DB);
  const [before, { rules, policies }, news] = await Promise.all([
    readAlertMemory(env.DB, now),
    readAlertingDocuments(env.DB),
    readOutageNews(env.DB),
  ]);
  const { statuses, coverage: lastSpans } = memory;
  const due = dueRules(rules, { time, step: 60 });
  const outcome = decideRound(before.memory, {
    now,
    plan,
    rules,
    policies: policies.map((policy) => withoutChannels(policy, (name) => name !== "slack")),
    readings: (await takeReadings(env.DB, { now, plan, statuses, lastSpans }, due)).byRule,
    outages: news.outages,
    statuses,
    silences: await readCurrentSilences(env.DB, now),
    windows: await readMaintenance(env.DB, { from: now, to: now + 1 }),
    nextTime,
    nextInHours,
  });
  const writes = { ...outcome, ...(news.seen !== null && { seen: news.seen }) };
  const { kind } = await commitAlerts(env.DB, before.version, writes, now);
  if (kind === "conflict") throw new Error("somebody else decided");
}

async function asked(body: unknown, at = end): Promise<Response> {
  return ask(path, {
    at,
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    environment: { PROBE },
  });
}

const whole = { from: iso(minute(0)), to: iso(end) };

async function backtest(change: unknown, more = {}): Promise<BacktestDocument> {
  return readAnswer(await asked({ ...whole, ...more, change }), backtestSchema);
}

const brief = (pages: readonly { at: string; title: string; kind: string }[]) =>
  pages.map(({ at, title, kind }) => {
    return `${Math.floor((Date.parse(at) / 1000 - minute(0)) / 60)} ${kind} ${title}`;
  });

/** What there is of everything that a backtest might touch. */
async function rows(): Promise<unknown> {
  const { results } = await env.DB.prepare(
    `SELECT (SELECT version FROM ledger) AS ledger, (SELECT version FROM alert_ledger) AS alerts,
       (SELECT count(*) FROM notifications) AS notifications,
       (SELECT count(*) FROM outages) AS outages, (SELECT count(*) FROM silences) AS silences,
       (SELECT count(*) FROM maintenance) AS windows,
       (SELECT group_concat(document) FROM alert_rules) AS rules`,
  ).all();
  return z.array(z.unknown()).parse(results);
}

beforeAll(async () => {
  await resetWorld();
  const metrics = { databaseQueryMs: "$.databaseQueryMs" };
  const home = { id: "home", name: "Monitor home", url: "/home", metrics };
  await applyConfig(configOf([home, ...plainMonitors("api")]), minute(0));
  await env.DB.prepare(
    "UPDATE alert_ledger SET seen = (SELECT version FROM ledger WHERE id = 1)",
  ).run();
  // A slow database lowers it, and would be part of the same incident; and here nothing is delivered.
  await env.DB.prepare(
    "DELETE FROM alert_rules WHERE id IN ('health-score', 'outbox-stuck')",
  ).run();
  await env.DB.prepare("INSERT INTO own_faults VALUES (?1, 'upkeep', 0, 4, 'rollUp')")
    .bind(minute(12))
    .run();
  for (let count = 0; count < 45; count += 1) await tick(minute(count));
});

describe("a backtest", () => {
  it("that changes nothing replays every page that was sent, at its time", async () => {
    const { sent, before, difference, complete, replayed } = await backtest({});
    expect(brief(sent.pages)).toContain("2 trigger Monitor api is down");
    // Two outages in an hour burn a budget, which is not computed from results alone.
    const isBurn = ({ incident }: { readonly incident: string }) => incident.includes("burn-rate");
    expect(sent.onlySent.filter((page) => !isBurn(page))).toEqual([]);
    expect(sent.onlyReplayed).toEqual([]);
    expect(sent.replayed).toBe(before.counts.pages);
    const seen = sent.pages.filter((page) => !isBurn(page));
    expect(before.pages.map(({ at, incident, kind }) => [at, incident, kind])).toEqual(
      seen.map(({ at, incident, kind }) => [at, incident, kind]),
    );
    expect(seen.map(({ incident }) => incident.split("/")[1])).toContain("database-time");
    expect(difference).toEqual({
      onlyBefore: [],
      onlyAfter: [],
      shifted: [],
      same: before.counts.pages,
    });
    expect(before.counts).toMatchObject({
      outages: 2,
      detection: { medianSeconds: recordingDelay, worstSeconds: recordingDelay },
    });
    expect(replayed).toMatchObject({ monitors: 2, rounds: 45, results: 45 * 6 });
    expect(complete).toBe(true);
  });

  it("writes nothing", async () => {
    const before = await rows();
    await backtest({
      monitors: [{ failuresToOpen: 3 }],
      rules: [{ id: "memory", enabled: false }],
    });
    expect(await rows()).toEqual(before);
  });

  it("shows that three failures in a row would have spared a blip, and delayed an outage", async () => {
    const { before, after, difference } = await backtest({
      monitors: [{ ids: ["api"], failuresToOpen: 3 }],
    });
    expect(brief(before.pages)).toContain("2 trigger Monitor api is down");
    expect(brief(difference.onlyBefore)).toContain("2 trigger Monitor api is down");
    expect(brief(after.pages)).toContain("32 trigger Monitor api is down");
    expect(after.counts.detection?.worstSeconds).toBe(120 + recordingDelay);
  });

  it("shows what one region would have told on its own", async () => {
    const { difference } = await backtest({ monitors: [{ ids: ["home"], quorum: "any" }] });
    expect(brief(difference.onlyAfter)).toContain("22 trigger Monitor home is down");
  });

  it("shows what a maintenance window, or a silence, would have muted, and why", async () => {
    const timing = { kind: "once", from: iso(minute(1)), to: iso(minute(4)) };
    const { after, difference } = await backtest({ windows: [{ name: "Deploy", timing }] });
    expect(brief(difference.onlyBefore)).toContain("2 trigger Monitor api is down");
    expect(after.muted).toMatchObject([
      { alert: "service-down/api", because: "maintenance", data: { window: "Deploy" } },
    ]);
    const matchers = [{ field: "monitor", value: "api" }];
    const silent = await backtest({ silences: [{ matchers }] });
    expect(silent.after.pages.filter(({ monitor }) => monitor === "api")).toEqual([]);
    expect(silent.after.counts.muted).toBeGreaterThan(0);
  });

  it("shows that a lower threshold would have told earlier", async () => {
    const thresholds = { direction: "above", warning: 200, critical: 1_000, margin: 0.05 };
    const { before, after, difference } = await backtest({
      rules: [{ id: "database-time", thresholds }],
    });
    const first = ({ pages }: BacktestDocument["before"]) =>
      pages.find(({ incident }) => incident.startsWith("alert/database-time"));
    const shift = difference.shifted.find(
      ({ kind, incident }) => kind === "trigger" && incident.startsWith("alert/database-time"),
    );
    expect(first(before)?.detail).toContain("databaseQueryMs is ");
    expect(Date.parse(first(after)?.at ?? "")).toBeLessThan(Date.parse(first(before)?.at ?? ""));
    expect(shift?.shiftSeconds).toBeLessThan(0);
  });

  it("shows another policy, and a rule left out or added", async () => {
    const steps = [
      { afterSeconds: 0, channels: ["slack"] },
      { afterSeconds: 120, channels: ["email"] },
    ];
    const escalated = await backtest({
      policies: [{ id: "ours", name: "Ours", steps }],
      rules: [{ id: "service-down", policy: "ours" }],
    });
    expect(brief(escalated.difference.onlyAfter)).toContain("32 escalate Monitor api is down");
    const off = await backtest({ rules: [{ id: "service-down", enabled: false }] });
    expect(off.after.pages.some(({ incident }) => incident.startsWith("outage/"))).toBe(false);
    const signal = { kind: "response-time", statistic: "p95", windowSeconds: 300 };
    const low = { direction: "above", warning: 30, critical: 40 };
    const more = await backtest({
      rules: [{ id: "any-time", name: "Any time", signal, thresholds: low }],
    });
    expect(more.after.pages.map(({ incident }) => incident).join()).toContain("alert/any-time/");
  });

  it("does again what people did, and tells what it cannot replay", async () => {
    const later = minute(31) + 30;
    await env.DB.prepare(
      `INSERT INTO incident_events (incident, at, number, kind, author, public, text)
       VALUES (?1, ?2, 1, 'acknowledged', 'ann', 0, 'ann has taken it on')`,
    )
      .bind(`outage/api/${minute(30)}`, later)
      .run();
    const { before, notes } = await backtest({});
    const told = notes.map(({ code, text }) => `${code}: ${text}`).join("\n");
    expect(told).toContain("people: acknowledgements, snoozes and priorities");
    expect(told).toContain("rule burn-rate-fast: burn-rate is not computed");
    expect(told).toContain("warm-up-shortened");
    expect(brief(before.pages).some((line) => line.includes("acknowledge"))).toBe(true);
    await env.DB.prepare("DELETE FROM incident_events WHERE author = 'ann'").run();
  });

  it("reads of every moment what a tick would have read", async () => {
    const plan = await readPlan(env.DB);
    const { rules } = await readAlertingDocuments(env.DB);
    const checks = plan.monitors.flatMap(({ number: monitor }) =>
      Array.from({ length: 45 }, (_, count) => ({ monitor, time: minute(count) })),
    );
    const past = new PastReadings(plan, {
      results: await readRecordedResults(env.DB, checks),
      pushed: [],
      looked: {
        spans: await readCoverage(env.DB, { from: minute(0), to: end }),
        first: await readFirstCoverage(env.DB),
      },
      faults: await readOwnFaults(env.DB, minute(0)),
    });
    for (const count of [4, 9, 16, 24, 32, 44]) {
      const now = minute(count) + recordingDelay;
      const lastSpans = [1, 2, 3].map((region) => {
        return { region, step: 60 as const, from: minute(0), to: minute(count + 1) };
      });
      const moment = { now, plan, statuses: new Map(), lastSpans };
      const readable = rules.filter((rule) => unreadable(rule) === null);
      const { byRule } = await takeReadings(env.DB, moment, readable);
      expect(byRule.size).toBeGreaterThan(5);
      expect(past.at(moment, readable)).toEqual(byRule);
      expect(byRule.get("step-faults")).toMatchObject([
        { value: count > 12 && count < 28 ? 4 : 0 },
      ]);
    }
  });

  it("begins in the midst of an outage, and says so", async () => {
    const cut = "UPDATE retention SET kept_from = ?1 WHERE step = 0";
    await env.DB.prepare(cut).bind(minute(33)).run();
    const { before, notes } = await backtest({}, { from: iso(minute(33)) });
    await env.DB.prepare(cut).bind(0).run();
    expect(brief(before.pages)).toEqual([
      "33 trigger Monitor api is down",
      "38 resolve Monitor api is down",
    ]);
    expect(before.pages[0]?.incident).toBe(`outage/api/${minute(30)}`);
    expect(notes.find(({ code }) => code === "began-before")?.text).toContain(
      `the outage of api since ${iso(minute(30))} went on already`,
    );
  });

  it("takes some monitors only, and works where nobody says which channels are on", async () => {
    const one = await backtest({}, { monitors: ["api"] });
    expect(one.replayed).toMatchObject({ monitors: 1, results: 45 * 3 });
    expect(one.notes.map(({ code }) => code)).toContain("some-monitors");
    const silent = { channels: () => Promise.reject(new Error("away")) };
    const response = await ask(path, {
      at: end,
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(whole),
      environment: { PROBE: silent },
    });
    const { before, notes } = await readAnswer(response, backtestSchema);
    expect(new Set(before.pages.map(({ channel }) => channel))).toContain("pagerduty");
    expect(notes.map(({ code }) => code)).toContain("channels-not-known");
  });
});

describe("a backtest that cannot be", () => {
  const fieldsOf = async (body: unknown) =>
    (await readProblem(await asked(body), "invalid-request", 400)).errors;

  it("needs the admin token", async () => {
    await readProblem(await send("POST", path, whole, end, readerKey), "forbidden", 403);
  });

  it.each([
    [{ from: iso(minute(5)), to: iso(minute(5)) }, "to"],
    [{ from: iso(minute(5)), to: iso(minute(90)) }, "to"],
    [{ ...whole, monitors: ["nobody"] }, "monitors"],
    [
      { ...whole, change: { monitors: [{ failuresToOpen: 0 }] } },
      "change.monitors.0.failuresToOpen",
    ],
    [{ ...whole, change: { monitors: [{ ids: ["nobody"] }] } }, "change.monitors.0.ids"],
    [{ ...whole, change: { rules: [{ id: "new-one" }] } }, "change.rules.0.name"],
    [{ ...whole, change: { rules: [{ id: "memory", policy: "none" }] } }, "change.rules.0.policy"],
    [{ ...whole, change: { without: { silences: [7] } } }, "change.without.silences"],
    [
      {
        ...whole,
        change: { policies: [{ id: "default", steps: [{ afterSeconds: 0, channels: ["fax"] }] }] },
      },
      "change.policies.0.steps",
    ],
    [
      {
        ...whole,
        change: {
          windows: [{ timing: { kind: "once", from: iso(minute(2)), to: iso(minute(1)) } }],
        },
      },
      "change.windows.0.timing.to",
    ],
  ])("names the field: %j", async (body, field) => {
    expect((await fieldsOf(body))?.map((error) => error.field)).toContain(field);
  });

  it("says from when on results are kept", async () => {
    await env.DB.prepare("UPDATE retention SET kept_from = ?1 WHERE step = 0")
      .bind(minute(3))
      .run();
    const errors = await fieldsOf(whole);
    expect(errors).toEqual([
      { field: "from", message: `not before ${iso(minute(3))}: results are kept from then on` },
    ]);
    await env.DB.prepare("UPDATE retention SET kept_from = 0 WHERE step = 0").run();
  });

  it("names the limit, and how much was asked for", async () => {
    const at = minute(0) + 60 * 86_400;
    const response = await asked({ from: iso(minute(0)), to: iso(at) }, at);
    const { detail } = await readProblem(response, "too-much", 422);
    expect(detail).toContain("At most 100000 results and 50000 rounds");
    expect(detail).toContain("518400 results and 86400 rounds");
  });
});
