import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { readLastSpans } from "./last-spans.ts";

it("reads the last span of each region and step, and no other", async () => {
  const insert = (region: number, step: number, from: number, to: number) =>
    env.DB.prepare(
      "INSERT INTO coverage (region, step, from_time, to_time) VALUES (?, ?, ?, ?)",
    ).bind(region, step, from, to);
  await env.DB.batch([
    env.DB.prepare(
      "INSERT INTO regions (number, id) VALUES (1, 'us-east'), (2, 'us-west'), (3, 'x')",
    ),
    insert(1, 60, 0, 120),
    insert(1, 60, 180, 240),
    insert(1, 10, 0, 50),
    insert(2, 60, 60, 600),
  ]);
  const spans = await readLastSpans(env.DB);
  expect(spans.sort((a, b) => a.region - b.region || b.step - a.step)).toEqual([
    { region: 1, step: 60, from: 180, to: 240 },
    { region: 1, step: 10, from: 0, to: 50 },
    { region: 2, step: 60, from: 60, to: 600 },
  ]);
});
