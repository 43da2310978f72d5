import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, it } from "vitest";
import { availability } from "../domain/availability.ts";
import type { Status } from "../domain/status.ts";
import { readStatusPoints } from "./queries.ts";
import { countRows, type RowCounts } from "./rows.ts";

interface Change {
  readonly monitor: number;
  readonly scope: number;
  readonly at: number;
  readonly from: Status;
  readonly to: Status;
}

/** A database that counts the rows of its batches, as D1 does. */
function counting(): { db: D1Database; rows: () => RowCounts } {
  let rows: RowCounts = { read: 0, written: 0 };
  const db = new Proxy(env.DB, {
    get(target, name) {
      if (name === "batch") {
        return async (statements: D1PreparedStatement[]) => {
          const results = await target.batch(statements);
          const { read, written } = countRows(results);
          rows = { read: rows.read + read, written: rows.written + written };
          return results;
        };
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { db, rows: () => rows };
}

async function store(changes: readonly Change[]): Promise<void> {
  await env.DB.batch([
    env.DB.prepare("DELETE FROM transitions"),
    env.DB.prepare(
      `INSERT INTO transitions (monitor, scope, at, from_status, to_status, decided_at)
       SELECT value ->> 'monitor', value ->> 'scope', value ->> 'at', value ->> 'from',
         value ->> 'to', 0 FROM json_each(?1)`,
    ).bind(JSON.stringify(changes)),
  ]);
}

const statuses = fc.constantFrom<Status>("up", "degraded", "down", "unknown");

/** The changes of one scope: each from what the last one led to. */
const histories = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 300 }), statuses), { maxLength: 12 })
  .map((drawn) => {
    const sorted = [...new Map(drawn)].sort(([a], [b]) => a - b);
    return sorted.map(([at, to], index) => ({ at, to, from: sorted[index - 1]?.[1] ?? "unknown" }));
  });

const scopes = [0, 1, 2, 3].flatMap((scope) => [1, 2, 3].map((monitor) => ({ monitor, scope })));

it("availability reads no more rows than changes in the window and one per monitor and scope", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(histories, { minLength: scopes.length, maxLength: scopes.length }),
      fc.record({
        from: fc.integer({ min: -5, max: 310 }),
        length: fc.integer({ min: 1, max: 320 }),
      }),
      async (all, { from, length }) => {
        const changes = all.flatMap((history, index) =>
          history.map((change) => ({ ...change, ...(scopes[index] ?? { monitor: 0, scope: 0 }) })),
        );
        await store(changes);
        const window = { from, to: from + length };
        const { db, rows } = counting();
        const found = await readStatusPoints(db, scopes, window);

        const inside = changes.filter(({ at }) => at > window.from && at < window.to);
        expect(rows().read).toBeLessThanOrEqual(inside.length + scopes.length);
        expect(found.map(({ monitor, scope }) => ({ monitor, scope }))).toEqual(scopes);
        for (const [index, { points }] of found.entries()) {
          const whole = (all[index] ?? []).map(({ at, to }) => ({ at, status: to }));
          const observe = (known: typeof whole) =>
            availability({ window, points: known, covered: [window], excluded: [] });
          expect(observe([...points])).toEqual(observe(whole));
        }
      },
    ),
    { numRuns: 60 },
  );
});

it("a year of history costs what the window holds, and not a row more", async () => {
  // Two changes a day in each of twelve scopes.
  const days = Array.from({ length: 730 }, (_, index) => index * 43_200);
  const changes = scopes.flatMap((scope) =>
    days.map((at, index): Change => {
      const [from, to] = index % 2 === 0 ? (["up", "down"] as const) : (["down", "up"] as const);
      return { ...scope, at, from, to };
    }),
  );
  await store(changes);
  const cost = async (from: number, to: number) => {
    const { db, rows } = counting();
    await readStatusPoints(db, scopes, { from, to });
    return rows().read;
  };
  const year = 365 * 86_400;
  const day = 86_400;
  expect(await cost(year - 30 * day - 1, year)).toBeLessThanOrEqual(scopes.length * (60 + 1));
  // Before the last change there is nothing to read but where it came from.
  expect(await cost(year, year + day)).toBe(scopes.length);
  expect(await cost(100 * day + 1, 100 * day + 2)).toBe(scopes.length);
});

it("reads thousands of scopes in statements short enough", async () => {
  await store([]);
  const many = Array.from({ length: 5_000 }, (_, index) => ({
    monitor: 1_000_000 + index,
    scope: 0,
  }));
  const found = await readStatusPoints(env.DB, many, { from: 0, to: 10 });
  expect(found).toHaveLength(5_000);
  expect(found.every(({ points }) => points.length === 0)).toBe(true);
});
