import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Incident } from "../../domain/alerting/incident.ts";
import type { Alert, Notification } from "../../domain/alerting/memory.ts";
import { type AlertWrites, commitAlerts, isQuiet, readAlertMemory } from "./alert-ledger.ts";
import { planOf, watchedDatabase } from "./testing/watched-database.ts";

const now = 1_790_000_000;

beforeEach(async () => {
  await env.DB.batch([
    ...["alerts", "incidents", "incident_events", "alert_decisions", "notifications"].map((table) =>
      env.DB.prepare(`DELETE FROM ${table}`),
    ),
    env.DB.prepare("UPDATE alert_ledger SET version = 0, seen = 0"),
  ]);
});

function incidentOf(monitor: string, more: Partial<Incident> = {}): Incident {
  return {
    key: `outage/${monitor}/${now}`,
    origin: "outage",
    monitor,
    title: `${monitor} is down`,
    startedAt: now,
    detectedAt: now + 30,
    endedAt: null,
    mergedInto: null,
    severity: "critical",
    priority: "P2",
    priorityFixed: false,
    acknowledgedAt: null,
    acknowledgedBy: null,
    snoozedUntil: null,
    page: {
      policy: "default",
      level: "critical",
      startedAt: now,
      stepsTaken: 1,
      channels: ["slack"],
      sequence: 1,
      alertsTold: [`service-down/${monitor}`],
      alertsOver: [],
      updatedAt: now,
      deadlinesTold: ["response"],
      endTold: false,
    },
    ...more,
  };
}

function alertOf(monitor: string): Alert {
  return {
    key: `service-down/${monitor}`,
    rule: "service-down",
    subject: { monitor, region: null, metric: null },
    state: {
      phase: "firing",
      level: "critical",
      since: now,
      firedAt: now + 30,
      criticalSince: now,
      wellSince: null,
      quiet: { until: now + 900, level: "warning" },
    },
    value: 1.5,
    detail: 'status 500, "quoted", ünïcode',
    incident: `outage/${monitor}/${now}`,
    verdict: "critical nothing mutes it",
  };
}

function notificationOf(monitor: string): Notification {
  return {
    incident: `outage/${monitor}/${now}`,
    channel: "slack",
    kind: "trigger",
    sequence: 0,
    onCall: "team",
    because: "begins",
  };
}

/** As when that many monitors fail at once. */
function writesOf(count: number): AlertWrites {
  const monitors = Array.from({ length: count }, (_, index) => `monitor-${index}`);
  return {
    alerts: monitors.map(alertOf),
    incidents: monitors.map((monitor) => incidentOf(monitor)),
    notifications: monitors.map(notificationOf),
    decisions: monitors.map((monitor) => ({
      alert: `service-down/${monitor}`,
      incident: `outage/${monitor}/${now}`,
      at: now,
      decision: "told",
      because: "nothing mutes it",
      data: { level: "critical", value: 1.5 },
    })),
    events: monitors.map((monitor) => ({
      incident: `outage/${monitor}/${now}`,
      kind: "begun",
      author: null,
      public: false,
      text: "begun",
    })),
    forgotten: ["gone"],
    seen: 12,
  };
}

async function count(table: string): Promise<number> {
  const row = await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first();
  return z.object({ n: z.int() }).parse(row).n;
}

describe("the ledger of alerts", () => {
  it("gives back what was written, as it was written", async () => {
    const writes = writesOf(3);
    const outcome = await commitAlerts(env.DB, 0, writes, now);
    expect(outcome).toMatchObject({ kind: "committed", version: 1 });
    const { version, seen, memory } = await readAlertMemory(env.DB, now);
    expect({ version, seen }).toEqual({ version: 1, seen: 12 });
    expect([...memory.alerts.values()]).toEqual(writes.alerts);
    expect([...memory.incidents.values()]).toEqual(writes.incidents);
    expect(await count("notifications")).toBe(3);
    expect(await count("incident_events")).toBe(3);
  });

  it("lets one of two that decided on the same version go through, and changes nothing else", async () => {
    const outcomes = await Promise.all([
      commitAlerts(env.DB, 0, writesOf(1), now),
      commitAlerts(env.DB, 0, { ...writesOf(2), seen: 99 }, now),
    ]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["committed", "conflict"]);
    const { version, memory, seen } = await readAlertMemory(env.DB, now);
    expect(version).toBe(1);
    const [first] = outcomes;
    expect(memory.alerts.size).toBe(first?.kind === "committed" ? 1 : 2);
    expect(seen).toBe(first?.kind === "committed" ? 12 : 99);
  });

  it("does not give a notification out twice, whoever decides it again", async () => {
    await commitAlerts(env.DB, 0, writesOf(1), now);
    await env.DB.prepare("UPDATE notifications SET state = 'sent'").run();
    await commitAlerts(env.DB, 1, writesOf(1), now + 60);
    const { results } = await env.DB.prepare("SELECT state FROM notifications").all();
    expect(results).toEqual([{ state: "sent" }]);
  });

  it("leaves alone what people said of an incident", async () => {
    await commitAlerts(env.DB, 0, writesOf(1), now);
    await env.DB.prepare("UPDATE incidents SET assignee = 'ann', review = '{}'").run();
    const ended = incidentOf("monitor-0", { endedAt: now + 600 });
    await commitAlerts(env.DB, 1, { alerts: [], incidents: [ended], notifications: [] }, now);
    const row = await env.DB.prepare("SELECT assignee, ended_at FROM incidents").first();
    expect(row).toEqual({ assignee: "ann", ended_at: now + 600 });
  });

  it("numbers the events of one second in their order, over two commits", async () => {
    const events = (text: string) =>
      ["a", "b"].map((kind) => {
        return { incident: "one", kind, author: null, public: false, text };
      });
    const none = { alerts: [], incidents: [], notifications: [] };
    await commitAlerts(env.DB, 0, { ...none, events: events("first") }, now);
    await commitAlerts(env.DB, 1, { ...none, events: events("second") }, now);
    const { results } = await env.DB.prepare(
      "SELECT kind, text FROM incident_events ORDER BY incident, at, number",
    ).all();
    expect(results.map(({ kind, text }) => `${text} ${kind}`)).toEqual([
      "first a",
      "first b",
      "second a",
      "second b",
    ]);
  });

  it("forgets incidents that ended an hour ago, but for those of an alert", async () => {
    const old = incidentOf("old", { endedAt: now - 3_601 });
    const late = incidentOf("late", { endedAt: now - 3_600 });
    const alerts = [{ ...alertOf("kept"), incident: incidentOf("kept").key }];
    const kept = incidentOf("kept", { endedAt: now - 90_000 });
    await commitAlerts(env.DB, 0, { alerts, incidents: [old, late, kept], notifications: [] }, now);
    const { memory } = await readAlertMemory(env.DB, now);
    expect([...memory.incidents.values()].map(({ monitor }) => monitor)).toEqual(["late", "kept"]);
  });

  it("takes as many statements for 200 alerts as for one", async () => {
    const one = watchedDatabase(env.DB);
    await commitAlerts(one.db, 0, writesOf(1), now);
    const many = watchedDatabase(env.DB);
    const outcome = await commitAlerts(many.db, 1, writesOf(200), now);
    expect(outcome.kind).toBe("committed");
    expect(many.sent.length).toBe(one.sent.length);
    expect(many.sent.length).toBe(7);
    const read = watchedDatabase(env.DB);
    const { memory } = await readAlertMemory(read.db, now);
    expect(memory.alerts.size).toBe(200);
    expect(read.sent.length).toBe(3);
  });

  it("has nothing to write where nothing changed", () => {
    expect(isQuiet({ alerts: [], incidents: [], notifications: [] })).toBe(true);
    expect(isQuiet({ alerts: [], incidents: [], notifications: [], seen: 3 })).toBe(false);
    expect(isQuiet(writesOf(1))).toBe(false);
  });

  it("finds incidents by index, however many there were", async () => {
    const { db, sent } = watchedDatabase(env.DB);
    await readAlertMemory(db, now);
    const plans = await Promise.all(sent.map((one) => planOf(env.DB, one)));
    const scans = plans.flat().filter((line) => /^SCAN (?!alerts|CONSTANT|\(|\d)/.test(line));
    // A partial index is read whole: it holds what goes on.
    expect(scans).toEqual(["SCAN incidents USING INDEX open_incidents"]);
  });
});
