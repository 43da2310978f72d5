import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { deleteOldAlerting } from "./alerting-retention.ts";

const kept = { decisions: 1_000, notifications: 500 };
const tables = ["incidents", "alerts", "alert_decisions", "notifications", "channel_tests"];

beforeEach(async () => {
  await env.DB.batch(
    [...tables, "alerting_changes"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
  );
});

const incident = (key: string, endedAt: number | null, mergedInto: string | null = null) =>
  env.DB.prepare(
    `INSERT INTO incidents (key, origin, title, started_at, detected_at, ended_at, merged_into,
       severity, priority, priority_fixed)
     VALUES (?1, 'alert', 't', 0, 0, ?2, ?3, 'critical', 'P2', 0)`,
  ).bind(key, endedAt, mergedInto);

const decision = (alert: string, at: number, of: string | null) =>
  env.DB.prepare(
    `INSERT INTO alert_decisions (alert, at, incident, decision, because, data)
     VALUES (?1, ?2, ?3, 'told', 'b', '{}')`,
  ).bind(alert, at, of);

const notification = (id: string, at: number, state: string, of = "ended") =>
  env.DB.prepare(
    `INSERT INTO notifications (id, incident, channel, kind, sequence, because, created_at, state,
       waiting_since, next_at) VALUES (?1, ?2, 'slack', 'trigger', 0, 'b', ?3, ?4, ?3, ?3)`,
  ).bind(id, of, at, state);

const incidents = [
  incident("ended", 10),
  incident("open", null),
  incident("part", 10, "open"),
  incident("part-of-ended", 10, "ended"),
];

async function column(sql: string): Promise<string[]> {
  const { results } = await env.DB.prepare(sql).all();
  return z
    .array(z.object({ name: z.string() }))
    .parse(results)
    .map(({ name }) => name);
}

describe("what alerting wrote long ago", () => {
  it("goes, but for what belongs to an open incident or a remembered alert", async () => {
    await env.DB.batch([
      ...incidents,
      env.DB.prepare(
        "INSERT INTO alerts (key, rule, subject, state, detail) VALUES ('live', 'r', '{}', '{}', '')",
      ),
      decision("old", 999, "ended"),
      decision("without", 1, null),
      decision("old-part", 1, "part-of-ended"),
      decision("young", 1_000, "ended"),
      decision("live", 1, null),
      decision("of-open", 1, "open"),
      decision("of-part", 1, "part"),
    ]);
    expect(await deleteOldAlerting(env.DB, kept, 10)).toMatchObject({ decisions: 3 });
    expect(await column("SELECT alert AS name FROM alert_decisions ORDER BY alert")).toEqual([
      ...["live", "of-open", "of-part", "young"],
    ]);
  });

  it("goes where it is done with: nothing that still waits is deleted", async () => {
    await env.DB.batch([
      ...incidents,
      notification("sent", 1, "sent"),
      notification("superseded", 2, "superseded"),
      notification("dead", 3, "dead"),
      notification("pending", 4, "pending"),
      notification("leased", 5, "leased"),
      notification("of-open", 6, "sent", "open"),
      notification("young", 500, "sent"),
    ]);
    expect(await deleteOldAlerting(env.DB, kept, 10)).toMatchObject({ notifications: 3 });
    expect(await column("SELECT id AS name FROM notifications ORDER BY id")).toEqual([
      ...["leased", "of-open", "pending", "young"],
    ]);
  });

  it("goes a few at a time, the oldest first", async () => {
    await env.DB.batch([
      ...incidents,
      ...[3, 1, 2].map((at) => notification(`n${at}`, at, "sent")),
    ]);
    await deleteOldAlerting(env.DB, kept, 2);
    expect(await column("SELECT id AS name FROM notifications")).toEqual(["n3"]);
  });

  it("leaves a channel's last test, and a rule as it was when the kept time began", async () => {
    const test = (channel: string, at: number) =>
      env.DB.prepare(
        "INSERT INTO channel_tests (channel, due_at, at, tries) VALUES (?1, ?2, ?2, 1)",
      ).bind(channel, at);
    const change = (id: string, version: number, at: number) =>
      env.DB.prepare(
        `INSERT INTO alerting_changes (kind, id, version, at, author, document)
         VALUES ('rule', ?1, ?2, ?3, 'ann', '{}')`,
      ).bind(id, version, at);
    await env.DB.batch([
      ...[test("slack", 1), test("slack", 2), test("email", 1), test("email", 600)],
      ...[change("a", 1, 1), change("a", 2, 2), change("a", 3, 600), change("b", 4, 1)],
    ]);
    expect(await deleteOldAlerting(env.DB, kept, 10)).toMatchObject({ tests: 2, changes: 1 });
    expect(
      await column("SELECT channel || due_at AS name FROM channel_tests ORDER BY name"),
    ).toEqual(["email600", "slack2"]);
    expect(
      await column("SELECT id || version AS name FROM alerting_changes ORDER BY name"),
    ).toEqual(["a2", "a3", "b4"]);
  });
});
