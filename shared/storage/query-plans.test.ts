/**
 * How the database finds what is asked of it: by key, so that no read grows with history. Every
 * exported read is run once, its statements are caught, and SQLite says how it would run them.
 */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import * as heartbeats from "./heartbeats.ts";
import * as incidentPages from "./incident-pages.ts";
import * as lastSpans from "./last-spans.ts";
import * as ledger from "./ledger.ts";
import * as plans from "./plans.ts";
import * as queries from "./queries.ts";
import * as regionObjects from "./region-objects.ts";

/** A statement as it was sent. */
interface Sent {
  readonly sql: string;
  readonly values: readonly unknown[];
}

type Read = (db: D1Database) => Promise<unknown>;

const window = { from: 1_000_000, to: 2_000_000 };

/** By module and function, so that a read that is added without a line here fails the first test. */
const reads: Readonly<Record<string, readonly Read[]>> = {
  "queries.readResults": [(db) => queries.readResults(db, [{ monitor: 1, time: 1_000_020 }])],
  "queries.readStatusPoints": [
    (db) => queries.readStatusPoints(db, [{ monitor: 1, scope: 0 }], window),
  ],
  "queries.readCoverage": [(db) => queries.readCoverage(db, window)],
  "incidentPages.readIncidentPage": (["open", "closed", "all"] as const).map(
    (state): Read =>
      (db) =>
        incidentPages.readIncidentPage(db, { state, before: 7 }, 10),
  ),
  "lastSpans.readLastSpans": [(db) => lastSpans.readLastSpans(db)],
  "ledger.readHead": [(db) => ledger.readHead(db)],
  "ledger.readMemory": [(db) => ledger.readMemory(db)],
  "plans.readPlan": [(db) => plans.readPlan(db)],
  "heartbeats.readPings": [(db) => heartbeats.readPings(db, [1, 2])],
  "heartbeats.readPingHistory": [(db) => heartbeats.readPingHistory(db, 1)],
  "heartbeats.readDoorSpans": [(db) => heartbeats.readDoorSpans(db, 1_000_000)],
  "regionObjects.readRegionObjects": [(db) => regionObjects.readRegionObjects(db)],
};

const modules = { queries, heartbeats, incidentPages, lastSpans, ledger, plans, regionObjects };

const growing = /^SCAN (results|transitions|coverage|incidents|plans|last)\b/;
/** Only rows of open incidents stand in this index. */
const allowedScan = "SCAN incidents USING INDEX open_incidents";

const planRows = z.array(z.object({ detail: z.string() }));

/** The statements that a read sends. */
async function statementsOf(read: Read): Promise<Sent[]> {
  const sent: Sent[] = [];
  const catching = new Proxy(env.DB, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => catchBinding(target.prepare(sql), sql, sent);
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  await read(catching);
  return sent;
}

function catchBinding(statement: D1PreparedStatement, sql: string, sent: Sent[]) {
  const index = sent.push({ sql, values: [] }) - 1;
  const bind = statement.bind.bind(statement);
  // On the statement itself: a batch takes no stand-in for one.
  return Object.assign(statement, {
    bind: (...values: unknown[]) => {
      sent[index] = { sql, values };
      return bind(...values);
    },
  });
}

/** SQLite's plan for a statement, a line each. */
async function planOf({ sql, values }: Sent): Promise<string[]> {
  const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values)
    .all();
  return planRows.parse(results).map((row) => row.detail);
}

describe("the reads of the storage", () => {
  it("are all looked at here", () => {
    const exported = Object.entries(modules).flatMap(([module, functions]) =>
      Object.keys(functions)
        .filter((name) => name.startsWith("read"))
        .map((name) => `${module}.${name}`),
    );
    const looked = Object.keys(reads);
    expect(exported.filter((name) => !looked.includes(name))).toEqual([]);
  });

  it.each(Object.keys(reads))("%s goes through no growing table", async (name) => {
    for (const read of reads[name] ?? []) {
      const sent = await statementsOf(read);
      expect(sent.length).toBeGreaterThan(0);
      for (const statement of sent) {
        const plan = await planOf(statement);
        expect(plan.length).toBeGreaterThan(0);
        const scans = plan.filter((line) => growing.test(line) && !line.startsWith(allowedScan));
        expect(scans, statement.sql).toEqual([]);
      }
    }
  });

  it("tells a scan from a search", async () => {
    const scan = "SELECT * FROM results WHERE monitor = 1";
    expect(await planOf({ sql: scan, values: [] })).toEqual(["SCAN results"]);
    expect("SCAN results").toMatch(growing);
  });

  it("finds open incidents by the index that holds nothing else", async () => {
    const [statement] = await statementsOf((db) =>
      incidentPages.readIncidentPage(db, { state: "open", before: null }, 10),
    );
    if (!statement) throw new Error("no statement");
    expect(await planOf(statement)).toContain(allowedScan);
  });
});
