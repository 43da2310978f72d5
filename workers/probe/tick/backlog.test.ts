import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { z } from "zod";
import { readPlan } from "../../../shared/storage/plans.ts";
import { applyConfig, configOf, select, setFaults, start, tickAt } from "../testing/harness.ts";

const row = z.object({ time: z.int(), results: z.int() });

it("after a lost database takes what waits in all objects, also in those with nothing due", async () => {
  // The last monitors are due every other minute, and have an object of their own.
  const monitors = Array.from({ length: 40 }, (_, index) => ({
    id: `m-${index}`,
    name: `Monitor ${index}`,
    url: "/api/search",
    budgetMs: 15_000,
    ...(index >= 20 && { intervalSeconds: 120 }),
  }));
  await setFaults([]);
  await applyConfig(configOf(monitors));
  expect((await readPlan(env.DB)).shards).toBeGreaterThan(1);
  await tickAt(start);
  await env.DB.prepare("ALTER TABLE ledger RENAME TO away").run();
  for (let minute = 1; minute <= 4; minute += 1) await tickAt(start + minute * 60);
  await env.DB.prepare("ALTER TABLE away RENAME TO ledger").run();
  await tickAt(start + 300);

  const { monitors: planned } = await readPlan(env.DB);
  const due = (time: number) =>
    planned.filter(
      ({ schedule }) => (time - schedule.phaseSeconds) % schedule.intervalSeconds === 0,
    );
  const seen = await select(row, "SELECT time, count(*) AS results FROM results GROUP BY time");
  expect(seen).toEqual(
    [0, 1, 2, 3, 4, 5].map((minute) => {
      const time = start + minute * 60;
      return { time, results: due(time).length * 3 };
    }),
  );
  const unknown = z.object({ count: z.int() });
  expect(
    await select(unknown, "SELECT count(*) AS count FROM transitions WHERE to_status = 'unknown'"),
  ).toEqual([{ count: 0 }]);
});
