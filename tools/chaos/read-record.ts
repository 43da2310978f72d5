/** Reads what chaos has left in the database. */
import { z } from "zod";
import type { Runtime } from "../runtime/index.ts";
import type { StoredRecord } from "./evidence.ts";

const outcome = z.enum(["up", "degraded", "down", "unknown"]);
const outcomes = outcome.options;

const results = z.array(
  z.object({
    time: z.int(),
    path: z.string(),
    region: z.string(),
    outcome: z.int().transform((code) => outcome.parse(outcomes[code])),
  }),
);
const transitions = z.array(z.object({ path: z.string(), at: z.int(), to: outcome }));
const outages = z.array(
  z.object({ monitor: z.string(), startedAt: z.int(), endedAt: z.int().nullable() }),
);
const notifications = z.array(
  z.object({ id: z.string(), incident: z.string(), kind: z.string(), state: z.string() }),
);
const incidents = z.array(z.object({ key: z.string(), handled: z.string() }));
const fired = z.array(z.object({ alert: z.string() }));
const dropped = z.object({ dropped: z.int() });
const rolledUp = z.object({ counted: z.int(), there: z.int() });

/** Monitors are named by their number: chaos has one for each path, in this order. */
const pathOf = `CASE monitors.id WHEN 'monitor-0' THEN '/api/health' WHEN 'monitor-1' THEN '/api/feed'
  WHEN 'monitor-2' THEN '/api/posts' ELSE '/' END`;

export async function readRecord(runtime: Runtime): Promise<StoredRecord> {
  const read = async (sql: string) => (await runtime.query(sql)).rows;
  const known = incidents.parse(
    await read("SELECT key, coalesce(merged_into, key) AS handled FROM incidents"),
  );
  return {
    results: results.parse(
      await read(
        `SELECT time, ${pathOf} AS path, regions.id AS region, outcome FROM results
         JOIN monitors ON monitors.number = results.monitor
         JOIN regions ON regions.number = results.region ORDER BY time, monitor, region`,
      ),
    ),
    transitions: transitions.parse(
      await read(
        `SELECT ${pathOf} AS path, at, to_status AS "to" FROM transitions
         JOIN monitors ON monitors.number = transitions.monitor WHERE scope = 0 ORDER BY at`,
      ),
    ),
    outages: outages.parse(
      await read(
        `SELECT monitors.id AS monitor, started_at AS startedAt, ended_at AS endedAt FROM outages
         JOIN monitors ON monitors.number = outages.monitor ORDER BY started_at`,
      ),
    ),
    notifications: notifications.parse(
      await read("SELECT id, incident, kind, state FROM notifications ORDER BY created_at, id"),
    ),
    handledAs: new Map(known.map(({ key, handled }) => [key, handled])),
    rulesFired: fired
      .parse(await read("SELECT DISTINCT alert FROM alert_decisions ORDER BY alert"))
      .map(({ alert }) => alert.split("/", 1)[0] ?? alert),
    dropped: dropped.parse(
      (await read("SELECT coalesce(sum(dropped_rounds), 0) AS dropped FROM region_objects"))[0],
    ).dropped,
    rolledUp: rolledUp.parse((await read(rollupSql))[0]),
  };
}

/** Of hours that are rolled up and over: what the rollups count, against the results themselves. */
const rollupSql = `
  WITH hours AS (SELECT DISTINCT start FROM rollups WHERE step = 3600
                 AND start NOT IN (SELECT start FROM rollup_work WHERE step = 3600))
  SELECT (SELECT coalesce(sum(up + degraded + down + unknown), 0) FROM rollups
          WHERE step = 3600 AND start IN (SELECT start FROM hours)) AS counted,
         (SELECT count(*) FROM results
          WHERE time - time % 3600 IN (SELECT start FROM hours)) AS there`;
