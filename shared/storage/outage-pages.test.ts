import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import { type OutageFilter, readOutagePage } from "./outage-pages.ts";

beforeAll(async () => {
  const insert = (number: number, monitor: number, endedAt: number | null) =>
    env.DB.prepare(
      "INSERT INTO outages (number, monitor, started_at, detected_at, ended_at) VALUES (?1, ?2, ?3, ?3, ?4)",
    ).bind(number, monitor, number * 100, endedAt);
  await env.DB.batch([
    env.DB.prepare("INSERT INTO monitors (number, id, added_at) VALUES (1, 'home', 0)"),
    env.DB.prepare(
      "INSERT INTO monitors (number, id, added_at, removed_at) VALUES (2, 'gone', 0, 500)",
    ),
    insert(1, 1, 150),
    insert(2, 2, 250),
    insert(3, 1, null),
    insert(4, 2, 450),
    insert(5, 2, null),
  ]);
});

const cases: readonly (readonly [string, OutageFilter, number, readonly number[]])[] = [
  ["all of them", { state: "all", before: null }, 10, [5, 4, 3, 2, 1]],
  ["no more than the limit", { state: "all", before: null }, 2, [5, 4]],
  ["only those before a number", { state: "all", before: 4 }, 10, [3, 2, 1]],
  ["only open ones", { state: "open", before: null }, 10, [5, 3]],
  ["only open ones before a number", { state: "open", before: 5 }, 10, [3]],
  ["only closed ones", { state: "closed", before: null }, 2, [4, 2]],
];

it.each(cases)("reads %s, newest first", async (_, filter, limit, numbers) => {
  const page = await readOutagePage(env.DB, filter, limit);
  expect(page.map(({ number }) => number)).toEqual(numbers);
});

it("names the monitor, also one that is no longer watched", async () => {
  const [newest] = await readOutagePage(env.DB, { state: "closed", before: null }, 1);
  expect(newest).toEqual({
    number: 4,
    monitorId: "gone",
    startedAt: 400,
    detectedAt: 400,
    endedAt: 450,
    cause: null,
    reopenings: 0,
  });
});
