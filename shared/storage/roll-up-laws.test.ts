/**
 * Rollups equal raw results, whatever comes late, whichever ticks run beside each other, and
 * wherever one of them dies. Every call to the database is a point at which another may come
 * between; hours are rolled up while they are being recorded, which is worse than it gets.
 */
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { RecordedResult } from "../domain/recording.ts";
import { day, hour } from "../domain/rollup.ts";
import { statuses } from "../domain/status.ts";
import { rollUpSlice } from "./roll-up-slice.ts";
import { readWork } from "./rollup-work.ts";
import { gatedDatabase } from "./testing/gated-database.ts";
import {
  allRollups,
  emptyPlan,
  emptyTables,
  expectedRollups,
  farFuture,
  recordResults,
  resultOf,
  rollUpAll,
} from "./testing/rollup-world.ts";

const midnight = Date.UTC(2026, 10, 23) / 1000;
const numbers = { monitors: 3, regions: 2 };

const anyResult = fc
  .tuple(
    // Two hours, the first of them on the day before.
    fc.integer({ min: -6, max: 5 }).map((tenMinutes) => midnight + tenMinutes * 600),
    fc.integer({ min: 1, max: numbers.monitors }),
    fc.integer({ min: 1, max: numbers.regions }),
    fc.constantFrom(...statuses),
    fc.option(fc.integer({ min: 0, max: 5_000 })),
  )
  .map((parts): RecordedResult => resultOf(...parts));

const anyBatch = fc.array(anyResult, { minLength: 1, maxLength: 12 });

/** A tick: how many slices it would do, and at which call to the database it dies, if it does. */
const anyTick = fc.record({
  slices: fc.integer({ min: 1, max: 6 }),
  diesAt: fc.option(fc.record({ call: fc.integer({ min: 1, max: 12 }), afterwards: fc.boolean() })),
});

class Killed extends Error {}

it("equal the raw results in the end, however ticks, late results and deaths are interleaved", {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyBatch, { minLength: 1, maxLength: 6 }),
      fc.array(fc.array(anyTick, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
      fc.scheduler(),
      async (batches, lanes, scheduler) => {
        await emptyTables(env.DB, numbers);
        const gate = async <T>(run: () => Promise<T>): Promise<T> => {
          const inTurn = scheduler.scheduleFunction(
            (work: () => Promise<[PromiseSettledResult<T>]>) => work(),
          );
          // The scheduler itself must not see a death.
          const [result] = await inTurn(() => Promise.allSettled([run()]));
          if (result.status === "rejected") throw result.reason;
          return result.value;
        };

        const recorder = async () => {
          const db = gatedDatabase(env.DB, gate);
          for (const batch of batches) await recordResults(db, batch);
        };
        const lane = async (ticks: (typeof lanes)[number]) => {
          for (const tick of ticks) {
            let calls = 0;
            const db = gatedDatabase(env.DB, (run) =>
              gate(async () => {
                calls += 1;
                const dies = tick.diesAt?.call === calls;
                if (dies && !tick.diesAt?.afterwards) throw new Killed();
                const result = await run();
                if (dies) throw new Killed();
                return result;
              }),
            );
            await rollUpSome(db, tick.slices).catch((error: unknown) => {
              if (!(error instanceof Killed)) throw error;
            });
          }
        };
        await scheduler.waitFor(Promise.all([recorder(), ...lanes.map(lane)]));

        await rollUpAll(env.DB);
        const expected = expectedRollups(batches.flat());
        expect(await allRollups(env.DB, hour)).toEqual(expected.hours);
        expect(await allRollups(env.DB, day)).toEqual(expected.days);
      },
    ),
    { numRuns: 40 },
  );
});

async function rollUpSome(db: D1Database, slices: number): Promise<void> {
  for (let slice = 0; slice < slices; slice += 1) {
    const [work] = await readWork(db, farFuture);
    if (work === undefined) return;
    await rollUpSlice(db, emptyPlan, work, 3);
  }
}
