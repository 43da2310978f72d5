import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { type Statements, tickStatements } from "../../../shared/domain/tick-statements.ts";
import type { Env } from "../env.ts";
import { Box } from "../notifiers/testing/receiving.ts";
import { beginAnew, monitorOf, webhookTo } from "../testing/alerting.ts";
import {
  applyConfig,
  configOf,
  freshSurroundings,
  setFaults,
  standingClock,
  start,
} from "../testing/harness.ts";
import { meterDatabase } from "./meter-database.ts";
import { tick } from "./tick.ts";

it("a tick makes as many statements as is said of it, whatever happens in its minute", async () => {
  await beginAnew();
  const day = start - (start % 86_400) + 30 * 86_400;
  const monitors = Array.from({ length: 17 }, (_, index) => monitorOf(`m-${index}`, "/api/feed"));
  await applyConfig(configOf(monitors), day + 3_000 - 60);
  const surroundings = freshSurroundings(standingClock(day));
  const settings = {
    ...webhookTo(new Box()),
    SLACK_WEBHOOK_URL: new Box().url,
    CLOUDFLARE_PLAN: "free",
  };
  const made: Statements[] = [];
  // From 50 minutes past an hour to two past the next, when it is rolled up.
  for (let minute = 0; minute <= 12; minute += 1) {
    const at = day + 3_000 + minute * 60;
    await setFaults(minute === 4 ? [{ kind: "status", status: 500 }] : []);
    const { database: DB, meter } = meterDatabase(env.DB);
    const metered: Env = { ...surroundings.env, ...settings, DB };
    await tick({ ...surroundings, clock: standingClock(at + 1), env: metered }, at);
    made.push({ queries: meter.queries, calls: meter.calls });
  }
  expect(made[2]).toEqual(tickStatements.ordinary);
  expect(made[7]).toEqual(tickStatements.afterIncident);
  const { outage, rollUp } = tickStatements;
  for (const changed of [made[4], made[5]]) {
    expect(changed?.queries).toBeLessThanOrEqual(outage.queries);
    expect(changed?.queries).toBeGreaterThan(outage.queries - 10);
    expect(changed?.calls).toBeLessThanOrEqual(outage.calls);
  }
  expect(made[12]?.queries).toBeLessThanOrEqual(rollUp.queries);
  expect(made[12]?.queries).toBeGreaterThan(rollUp.queries - 10);
  expect(made[12]?.calls).toBeLessThanOrEqual(rollUp.calls);
});
