import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { readSchedules } from "./schedules.ts";

const monitor = (number: number, intervalSeconds: number) => {
  return { number, schedule: { intervalSeconds, phaseSeconds: 0 } };
};

beforeEach(async () => {
  await env.DB.prepare("DELETE FROM plans").run();
  const plans = [
    [1, 100, [monitor(1, 10), monitor(2, 60)]],
    [2, 200, [monitor(1, 60), monitor(2, 60)]],
    [3, 300, [monitor(1, 60), monitor(2, 60), monitor(3, 60)]],
  ] as const;
  await env.DB.batch(
    plans.map(([revision, at, monitors]) =>
      env.DB.prepare("INSERT INTO plans (revision, applied_at, document) VALUES (?, ?, ?)").bind(
        revision,
        at,
        JSON.stringify({ monitors }),
      ),
    ),
  );
});

const since = (at: number, intervalSeconds: number) => {
  return { since: at, schedule: { intervalSeconds, phaseSeconds: 0 } };
};

it("schedules are read from the plan in force as a window begins on, each change once", async () => {
  const histories = await readSchedules(env.DB, { from: 150, to: 400 });
  expect(histories && [...histories]).toEqual([
    [1, [since(100, 10), since(200, 60)]],
    [2, [since(100, 60)]],
    [3, [since(300, 60)]],
  ]);
});

it("schedules of before the first plan begin with it, and what came after a window is left out", async () => {
  const histories = await readSchedules(env.DB, { from: 0, to: 150 });
  expect(histories && [...histories]).toEqual([
    [1, [since(100, 10)]],
    [2, [since(100, 60)]],
  ]);
});

it("no schedules are read where no configuration was applied in the window", async () => {
  expect(await readSchedules(env.DB, { from: 300, to: 400 })).toBeNull();
});
