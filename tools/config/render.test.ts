import { describe, expect, test } from "vitest";
import type { Plan } from "../../shared/domain/plan.ts";
import { renderJson, renderText } from "./render.ts";

describe("an outcome as text", () => {
  test("a plan lists what is added, changed and removed, and sums it up", () => {
    const text = renderText({
      kind: "planned",
      revision: 3,
      changes: [
        { kind: "add", subject: "monitor feed", fields: [] },
        {
          kind: "change",
          subject: "monitor search",
          fields: [
            { path: "schedule.intervalSeconds", before: "60", after: "300" },
            { path: "probe.headers.x-key", before: "<not shown>", after: "<not shown>" },
          ],
        },
        { kind: "remove", subject: "region us-west", fields: [] },
      ],
    });
    expect(text.split("\n")).toEqual([
      "+ monitor feed",
      "~ monitor search",
      "    schedule.intervalSeconds: 60 → 300",
      "    probe.headers.x-key: <not shown> → <not shown>",
      "- region us-west",
      "",
      "1 to add, 1 to change, 1 to remove (revision 3).",
    ]);
  });

  test.each([
    [
      { kind: "planned", revision: 2, changes: [] },
      "Nothing would change: revision 2 is in force.",
    ],
    [
      { kind: "applied", revision: 4, changes: [] },
      "Applied: the order of monitors, or their shards. Revision 4 is in force.",
    ],
    [
      {
        kind: "conflict",
        inForce: { revision: 3, appliedAt: 1_790_000_040, by: "ann", note: null, restores: null },
      },
      "Revision 3 was applied by ann at 2026-09-21 14:14:00 UTC in between; nothing was changed. Plan again.",
    ],
    [{ kind: "declined" }, "Nothing was changed."],
    [
      { kind: "no-revision", revision: 9, last: 4 },
      "There is no revision 9; the one in force is 4.",
    ],
    [
      { kind: "no-revision", revision: 9, last: 0 },
      "There is no revision 9; nothing was ever applied.",
    ],
    [{ kind: "unchanged", revision: 2 }, "Nothing to change: revision 2 is in force."],
    [
      { kind: "shown", plan: { revision: 0, regions: [], monitors: [], shards: 1, controls: [] } },
      "No configuration was applied yet.",
    ],
  ] as const)("%j is one line", (outcome, line) => {
    expect(renderText(outcome)).toBe(line);
  });

  test("the plan in force is a table for each group", () => {
    expect(renderText({ kind: "shown", plan }).split("\n")).toEqual([
      "Revision 7 is in force: 2 monitors, 1 region.",
      "",
      "Regions",
      "  us-east  enam  generation 1",
      "",
      "Health",
      "  api        every 60 s   POST  https://a.example/api  from us-east",
      "",
      "Core",
      "  long-name  every 300 s  POST  https://a.example/api  from us-east",
    ]);
  });
});

describe("the history", () => {
  const fields = [{ path: "name", before: '"a"', after: '"b"' }];
  const entry = {
    ...{ revision: 12, appliedAt: 1_790_000_040, by: "ann", note: "why", restores: 9 },
    changes: [
      { kind: "add", subject: "monitor feed", fields: [] },
      { kind: "change", subject: "monitor api", fields },
      { kind: "add", subject: "monitor news", fields: [] },
      { kind: "remove", subject: "monitor old", fields: [] },
    ],
  } as const;

  test("has a line for each revision", () => {
    const older = { ...entry, revision: 9, by: null, note: null, restores: null, changes: [] };
    expect(renderText({ kind: "history", revisions: [entry, older] }).split("\n")).toEqual([
      "12  2026-09-21 14:14:00 UTC  ann        +2 ~1 -1  monitor feed, monitor api, monitor news and 1 more  back to revision 9; why",
      " 9  2026-09-21 14:14:00 UTC  not known  the order of monitors, or their shards",
    ]);
  });

  test("tells every field of one revision", () => {
    expect(renderText({ kind: "revision", entry }).split("\n").slice(0, 5)).toEqual([
      "Revision 12, applied at 2026-09-21 14:14:00 UTC by ann: back to revision 9; why",
      "",
      "+ monitor feed",
      "~ monitor api",
      '    name: "a" → "b"',
    ]);
  });
});

describe("the plan in force as JSON", () => {
  test("leaves out what may hold secrets", () => {
    const json = renderJson({ kind: "shown", plan });
    expect(json).not.toMatch(/swordfish/);
    expect(JSON.parse(json).plan.monitors[0].probe).toMatchObject({
      headers: { authorization: "<not shown>" },
      body: "<not shown>",
    });
  });
});

const plan: Plan = {
  revision: 7,
  regions: [{ id: "us-east", number: 1, locationHint: "enam", generation: 1 }],
  monitors: [monitor("api", "Health", 60), monitor("long-name", "Core", 300)],
  shards: 1,
  controls: [],
};

function monitor(id: string, group: string, intervalSeconds: number): Plan["monitors"][number] {
  return {
    id,
    number: 1,
    name: id,
    group,
    probe: {
      kind: "http",
      url: "https://a.example/api",
      method: "POST",
      headers: { authorization: "Bearer swordfish" },
      body: "swordfish",
      conditions: [],
    },
    schedule: { intervalSeconds, phaseSeconds: 0 },
    regions: ["us-east"],
    mode: "parallel",
    retry: { attempts: 1, timeoutMs: 1, backoffBaseMs: 0, backoffCapMs: 0, budgetMs: 1 },
    verdict: { quorum: { kind: "any" }, failuresToOpen: 1, successesToClose: 1 },
    sloTarget: 0.999,
    category: null,
    tags: [],
    weight: 1,
    dependsOn: [],
    addedAt: 0,
    shard: 0,
  };
}
