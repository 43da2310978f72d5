import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../config/parse.ts";
import { proposeRevision, readHistory, readRevision } from "./plan-history.ts";
import { type ApplyOutcome, type Authorship, apply, propose, readPlan } from "./plans.ts";

const now = 1_790_000_040;

function config(ids: readonly string[], intervalSeconds = 60) {
  const parsed = parseConfig({
    baseUrl: "https://netpost.example",
    regions: { "us-east": { locationHint: "enam" } },
    defaults: { intervalSeconds },
    monitors: ids.map((id) => ({ id, name: id, url: `/${id}` })),
  });
  if (!parsed.ok) throw new Error(parsed.mistakes.join("\n"));
  return parsed.config;
}

const signed = (by: string, note: string | null = null): Authorship => {
  return { by, note, restores: null };
};

/** All rows of every table that applying writes. */
async function everything(): Promise<unknown> {
  const tables = ["ledger", "plans", "monitors", "regions", "statuses", "transitions", "outages"];
  const read = tables.map((table) => env.DB.prepare(`SELECT * FROM ${table}`));
  return (await env.DB.batch(read)).map(({ results }) => results);
}

const winners = (outcomes: readonly ApplyOutcome[]) =>
  outcomes.filter(({ kind }) => kind === "applied").length;

beforeAll(async () => {
  const first = await propose(env.DB, config(["a", "b"]), now);
  await apply(env.DB, first, now, signed("ann", "the beginning"));
  const second = await propose(env.DB, config(["b"], 300), now + 60);
  await apply(env.DB, second, now + 60, signed("ben"));
});

// One story: each part goes on where the one before it ended.
describe("the history of plans", () => {
  it("tells of each revision when it was applied, by whom, and what it changed", async () => {
    const history = await readHistory(env.DB, { limit: 10 });
    expect(history).toMatchObject([
      { revision: 2, appliedAt: now + 60, by: "ben", note: null, restores: null },
      { revision: 1, appliedAt: now, by: "ann", note: "the beginning" },
    ]);
    expect(
      history.map(({ changes }) => changes.map(({ kind, subject }) => [kind, subject])),
    ).toEqual([
      [
        ["remove", "monitor a"],
        ["change", "monitor b"],
      ],
      [
        ["add", "region us-east"],
        ["add", "monitor a"],
        ["add", "monitor b"],
      ],
    ]);
  });

  it("is read from a revision on, so many at a time, by the key", async () => {
    expect(await readHistory(env.DB, { upTo: 1, limit: 1 })).toMatchObject([{ revision: 1 }]);
    expect(await readHistory(env.DB, { limit: 1 })).toMatchObject([
      { revision: 2, changes: { length: 2 } },
    ]);
    expect(await readRevision(env.DB, 3)).toBeNull();
  });

  it("goes back to an earlier revision by a new one, and a monitor that returns counts from now", async () => {
    const later = now + 600;
    const proposal = await proposeRevision(env.DB, 1, later);
    if (proposal === null) throw new Error("no revision 1");
    expect(proposal.changes.map(({ kind, subject }) => [kind, subject])).toEqual([
      ["add", "monitor a"],
      ["change", "monitor b"],
    ]);
    const outcome = await apply(env.DB, proposal, later, { by: "ann", note: null, restores: 1 });
    expect(outcome).toEqual({ kind: "applied", revision: 3 });
    const plan = await readPlan(env.DB);
    expect(plan.monitors.map(({ id, number, addedAt }) => [id, number, addedAt])).toEqual([
      ["a", 1, later - (later % 60)],
      ["b", 2, now],
    ]);
    expect(await readHistory(env.DB, { limit: 1 })).toMatchObject([{ revision: 3, restores: 1 }]);
    const again = await proposeRevision(env.DB, 1, later + 60);
    expect(again?.changes).toEqual([]);
    expect(await proposeRevision(env.DB, 99, later)).toBeNull();
  });
});

describe("several who apply at once", () => {
  it("have one winner; the others are told of it, and nothing of theirs is written", async () => {
    const people = ["ann", "ben", "cat", "dan", "eve", "fay"];
    const proposals = await Promise.all(
      people.map((name) => propose(env.DB, config(["b", name]), now + 700)),
    );
    const outcomes = await Promise.all(
      proposals.map((proposal, index) =>
        apply(env.DB, proposal, now + 700, signed(people[index] ?? "")),
      ),
    );
    expect(winners(outcomes)).toBe(1);
    const winner = people[outcomes.findIndex(({ kind }) => kind === "applied")];
    for (const outcome of outcomes.filter(({ kind }) => kind !== "applied")) {
      expect(outcome).toMatchObject({
        kind: "conflict",
        inForce: { revision: 4, by: winner, appliedAt: now + 700 },
      });
    }
    expect((await readPlan(env.DB)).monitors.map(({ id }) => id)).toEqual(["b", winner]);
    const { results } = await env.DB.prepare("SELECT id FROM monitors ORDER BY number").all();
    expect(results.map(({ id }) => id)).toEqual(["a", "b", winner]);
  });

  it("and one who goes back at the same time: one of them wins", async () => {
    const forward = await propose(env.DB, config(["b", "new"]), now + 800);
    const back = await proposeRevision(env.DB, 1, now + 800);
    if (back === null) throw new Error("no revision 1");
    const outcomes = await Promise.all([
      apply(env.DB, forward, now + 800, signed("ann")),
      apply(env.DB, back, now + 800, { by: "ben", note: null, restores: 1 }),
    ]);
    expect(winners(outcomes)).toBe(1);
    const before = await everything();
    const late = await apply(env.DB, back, now + 900, signed("ben"));
    expect(late).toMatchObject({ kind: "conflict", inForce: { revision: 5 } });
    expect(await everything()).toEqual(before);
  });
});
