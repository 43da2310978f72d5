/** From a target that fails to a message that arrives: the whole tick, and a real receiver. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { watchedDatabase } from "../../../shared/storage/alerting/testing/watched-database.ts";
import { Box } from "../notifiers/testing/receiving.ts";
import { beginAnew, messagesIn, monitorOf, webhookTo } from "../testing/alerting.ts";
import {
  applyConfig,
  configOf,
  freshSurroundings,
  select,
  setFaults,
  standingClock,
  start,
} from "../testing/harness.ts";
import type { TickSurroundings } from "./surroundings.ts";
import { type TickOutcome, tick } from "./tick.ts";

let box: Box;
let now = start;

beforeEach(async () => {
  await beginAnew();
  box = new Box();
  // The objects keep what they saw: every test has its own time.
  now += 86_400;
});

function surroundings(more: Readonly<Record<string, unknown>> = {}): TickSurroundings {
  const settings = { ...webhookTo(box), CHANNEL_TEST_SCHEDULE: "off" };
  return {
    ...freshSurroundings(standingClock(now + 1)),
    env: { ...env, ...settings, DASHBOARD_URL: "https://dashboard.netpost.example", ...more },
  };
}

/** The tick of the next minute. */
async function minute(more: Readonly<Record<string, unknown>> = {}): Promise<TickOutcome> {
  now += 60;
  return tick(surroundings(more), now);
}

const fail = (path = "/api/health") => setFaults([{ path, kind: "status", status: 500 }]);

const messages = () => messagesIn(box);

async function kinds(): Promise<string[]> {
  return (await messages()).map(({ kind, incident }) => `${kind} ${incident.title}`);
}

function told(outcome: TickOutcome) {
  const [round] = outcome.rounds;
  return round?.kind === "run" ? round.told : null;
}

describe("an outage", () => {
  it("is told within the tick in which it is seen, and so is its end", async () => {
    await applyConfig(configOf([monitorOf("api", "/api/health")]), now);
    await minute();
    expect(await messages()).toEqual([]);
    await fail();
    const seen = now + 60;
    await minute();
    const [message] = await messages();
    expect(message).toMatchObject({
      kind: "trigger",
      incident: {
        title: "Monitor api is down",
        severity: "critical",
        startedAt: seen,
        endedAt: null,
      },
      monitors: [
        {
          id: "api",
          status: "down",
          since: seen,
          reason: "status",
          regions: [
            { id: "us-east", status: "down" },
            { id: "us-west", status: "down" },
            { id: "eu-west", status: "down" },
          ],
        },
      ],
      labels: { rules: "service-down" },
    });
    expect(message?.links.incident).toMatch(
      /^https:\/\/dashboard\.netpost\.example\/incidents\/\d+$/,
    );
    await minute();
    await setFaults([]);
    await minute();
    expect(await kinds()).toEqual(["trigger Monitor api is down", "resolve Monitor api is down"]);
    await minute();
    expect((await messages()).length).toBe(2);
  });

  it("writes nothing while nothing changes", async () => {
    await applyConfig(configOf([monitorOf("api", "/api/health")]), now);
    await minute();
    const version = () =>
      select(z.object({ version: z.int() }), "SELECT version FROM alert_ledger");
    const before = await version();
    expect(told(await minute())).toEqual({
      alerted: { kind: "decided", fired: 0, resolved: 0, notifications: 0, faults: {} },
      delivered: { sent: 0, retried: 0, dead: 0, fault: null },
    });
    expect(await version()).toEqual(before);
  });

  it("of many monitors is one message that names them, with as many statements as of one", async () => {
    const many = Array.from({ length: 20 }, (_, index) => monitorOf(`m${index}`, "/api/health"));
    const statements: number[] = [];
    for (const monitors of [many.slice(0, 1), many]) {
      // At the same place in an hour, so that the same upkeep is due.
      now += 3_600 - (now % 3_600) + 240;
      await applyConfig(configOf(monitors), now);
      await minute();
      await fail();
      now += 60;
      const watched = watchedDatabase(env.DB);
      const around = surroundings();
      await tick({ ...around, env: { ...around.env, DB: watched.db } }, now);
      statements.push(watched.sent.length);
      await setFaults([]);
      await minute();
      now += 7_200;
    }
    const [, , trigger, resolve] = await messages();
    expect(trigger?.incident.title).toBe("Monitor m0 is down, and 19 more monitors");
    expect(trigger?.monitors.length).toBe(20);
    expect(resolve?.kind).toBe("resolve");
    const [one, twenty] = statements;
    expect(twenty).toBe(one);
  });

  it("that began and ended while nobody decided is told, as over", async () => {
    await applyConfig(configOf([monitorOf("api", "/api/health")]), now);
    await minute();
    // Deciding fails meanwhile: the rules cannot be read.
    await env.DB.prepare("ALTER TABLE alert_rules RENAME TO hidden_rules").run();
    await fail();
    const outcome = await minute();
    expect(told(outcome)?.alerted).toMatchObject({
      kind: "not-decided",
      reason: "database-unavailable",
    });
    await setFaults([]);
    await minute();
    await env.DB.prepare("ALTER TABLE hidden_rules RENAME TO alert_rules").run();
    await minute();
    expect(await kinds()).toEqual(["resolve Monitor api is down"]);
    await minute();
    expect((await messages()).length).toBe(1);
  });

  it("is not told under maintenance or a silence, and the reason is kept", async () => {
    await applyConfig(configOf([monitorOf("api", "/api/health"), monitorOf("home", "/")]), now);
    await minute();
    await env.DB.prepare(
      `INSERT INTO silences (id, matchers, author, reason, starts_at, ends_at, created_at)
       VALUES (1, '[{"field":"monitor","equals":true,"value":"api"}]', 'ann', 'a test', 0, ?1, 0)`,
    )
      .bind(now + 600)
      .run();
    await fail();
    await minute();
    expect(await messages()).toEqual([]);
    const decision = z.object({ alert: z.string(), decision: z.string(), because: z.string() });
    const decisions = await select(
      decision,
      "SELECT alert, decision, because FROM alert_decisions",
    );
    expect(decisions).toEqual([
      { alert: "service-down/api", decision: "not-told", because: "silence" },
    ]);
  });

  it("is told of the monitor that others depend on, not of those", async () => {
    await applyConfig(
      configOf([
        monitorOf("base", "/api/health"),
        monitorOf("above", "/api/health", { dependsOn: ["base"] }),
      ]),
      now,
    );
    await minute();
    await fail();
    await minute();
    const decision = z.object({ alert: z.string(), because: z.string() });
    expect(
      await select(decision, "SELECT alert, because FROM alert_decisions ORDER BY alert"),
    ).toEqual([
      { alert: "service-down/above", because: "dependency" },
      { alert: "service-down/base", because: "nothing mutes it" },
    ]);
    expect((await messages()).length).toBe(1);
  });
});

describe("a receiver", () => {
  beforeEach(async () => {
    await applyConfig(configOf([monitorOf("api", "/api/health")]), now);
    await minute();
    await fail();
  });

  it("that is away hears one message of how things are when it is back", async () => {
    await box.answer({ status: 503 });
    expect(told(await minute())?.delivered).toMatchObject({ sent: 0, retried: 1 });
    const [first] = await messages();
    await minute();
    await box.answer({ status: 200 });
    await setFaults([]);
    await minute();
    const after = await messages();
    expect(after.map(({ kind }) => kind)).toEqual(["resolve"]);
    expect(after[0]?.idempotencyKey).not.toBe(first?.idempotencyKey);
  });

  it("gets the same message with the same key where nobody knows whether it arrived", async () => {
    await minute();
    const [first] = await messages();
    // As if the process had died between the sending and the word of it.
    await env.DB.prepare(
      "UPDATE notifications SET state = 'leased', lease = 'gone', next_at = ?1 WHERE state = 'sent'",
    )
      .bind(now + 60)
      .run();
    await minute();
    const [, second] = await messages();
    expect(second?.idempotencyKey).toBe(first?.idempotencyKey);
    expect((await messages()).length).toBe(2);
  });

  it("that refuses for good is a dead letter, and another channel is told in its place", async () => {
    const other = new Box();
    await box.answer({ status: 404 });
    const outcome = await minute({ NTFY_URL: other.url, NTFY_TOPIC: "netpost" });
    expect(told(outcome)?.delivered).toMatchObject({ sent: 1, dead: 1 });
    expect((await other.requests()).length).toBe(1);
    const row = z.object({
      channel: z.string(),
      state: z.string(),
      failure: z.string().nullable(),
    });
    const sql = "SELECT channel, state, failure FROM notifications ORDER BY created_at, id";
    expect(await select(row, sql)).toEqual([
      { channel: "webhook", state: "dead", failure: "not-found" },
      { channel: "ntfy", state: "sent", failure: null },
    ]);
  });

  it("whose settings are malformed waits until they are put right", async () => {
    const outcome = await minute({ ALERT_WEBHOOK_SECRET: "short" });
    expect(told(outcome)?.delivered).toMatchObject({ sent: 0, retried: expect.any(Number) });
    now += 600;
    await minute();
    expect(await kinds()).toEqual([
      "trigger Monitor api is down",
      // That it waited is told too.
      "trigger Notifications do not leave",
    ]);
  });
});

describe("channels", () => {
  it("of the default policy that have no settings are left out", async () => {
    await applyConfig(configOf([monitorOf("api", "/api/health")]), now);
    await minute();
    await fail();
    const none = { ALERT_WEBHOOK_URL: "", ALERT_WEBHOOK_SECRET: "" };
    expect(told(await minute(none))).toMatchObject({
      alerted: { kind: "decided", fired: 1, notifications: 0 },
      delivered: { sent: 0, dead: 0 },
    });
  });

  it("that a policy of people's names and that are not there are dead letters", async () => {
    const document = {
      ...{ id: "ours", name: "Ours", repeatSeconds: null, repeats: 0 },
      steps: [
        { afterSeconds: 0, channels: ["pager"], onCall: null, levels: ["critical"], during: null },
      ],
    };
    await env.DB.batch([
      env.DB.prepare("INSERT INTO escalation_policies VALUES ('ours', ?1)").bind(
        JSON.stringify(document),
      ),
      env.DB.prepare(
        "UPDATE alert_rules SET document = json_set(document, '$.policy', 'ours') WHERE id = 'service-down'",
      ),
    ]);
    await applyConfig(configOf([monitorOf("api", "/api/health")]), now);
    await minute();
    await fail();
    await minute();
    const row = z.object({
      channel: z.string(),
      state: z.string(),
      failure_detail: z.string().nullable(),
    });
    const sql = "SELECT channel, state, failure_detail FROM notifications ORDER BY id";
    expect(await select(row, sql)).toEqual([
      { channel: "pager", state: "dead", failure_detail: "pager: no such channel" },
      { channel: "webhook", state: "sent", failure_detail: null },
    ]);
    const [message] = await messages();
    expect(message?.note).toContain("pager could not be reached: misconfigured");
  });
});
