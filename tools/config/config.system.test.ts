import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDataFolder } from "../runtime/data-folder.ts";
import { type Runtime, startRuntime } from "../runtime/index.ts";
import { rollBack, showHistory, showRevision } from "./commands.ts";
import { applyConfigFile, d1OverBatch, planConfigFile, renderText } from "./index.ts";
import { configText, folderForTest, runConfig } from "./testing/cli.ts";

const monitors = [
  { id: "api", name: "API", url: "/api/health" },
  { id: "feed", name: "Feed", url: "/api/feed", headers: { "x-key": "swordfish" } },
];
const cwd = folderForTest({
  "two.ts": configText({ monitors }),
  "slower.ts": configText({ monitors: [{ ...monitors[0], intervalSeconds: 300 }, monitors[1]] }),
  "one.ts": configText({ monitors: [monitors[0]] }),
  "three.ts": configText({
    monitors: [...monitors, { id: "search", name: "Search", url: "/api/search" }],
  }),
  "ann.ts": configText({ monitors: [...monitors, { id: "ann", name: "Ann", url: "/ann" }] }),
  "ben.ts": configText({ monitors: [...monitors, { id: "ben", name: "Ben", url: "/ben" }] }),
  "wrong.ts": configText({ monitors: [{ id: "api" }] }),
});
const dataDir = join(cwd, "data");
const config = (line: string) => runConfig([...line.split(" "), "--data", dataDir], { cwd });

/** All that `line` prints when it does what it says. */
async function said(line: string): Promise<string> {
  const { code, stdout, stderr } = await config(line);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout.trimEnd();
}

describe("before npm start was ever run", () => {
  test("a missing data folder is one line, and is not made", async () => {
    const line = "The local database in data does not exist yet. Run npm start, which makes it.";
    expect(await config("plan --file two.ts")).toEqual({
      code: 1,
      stdout: "",
      stderr: `${line}\n`,
    });
  });

  test("a database without migrations is one line that says what to run", async () => {
    const empty = join(cwd, "empty");
    mkdirSync(empty);
    const { code, stderr } = await runConfig(["show", "--data", empty], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^The local database in empty lacks the migration 0001_\w+\.sql.*\. Run npm start \(again\), which applies what is missing\.\n$/,
    );
  });

  test("a wrong file is refused for its mistakes, not for the database", async () => {
    const { code, stderr } = await config("plan --file wrong.ts");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^wrong\.ts is refused, nothing was changed\. 2 mistakes:\n/);
  });
});

describe("while npm start runs", () => {
  let runtime: Runtime;
  let db: D1Database;
  beforeAll(async () => {
    runtime = await startRuntime({ dataDir });
    db = d1OverBatch(runtime.batch);
  });
  afterAll(() => runtime?.stop());

  const source = (file: string) => ({ file: join(cwd, file) });
  const now = () => 1_000;
  const revision = async () => {
    const { rows } = await runtime.query("SELECT plan_revision FROM ledger");
    return Number(rows[0]?.["plan_revision"]);
  };

  test("plan shows what would be added, and changes nothing", async () => {
    const { code, stdout, stderr } = await config("plan --file two.ts");
    expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
    expect(stdout.trimEnd().split("\n")).toEqual([
      "+ region us-east",
      "+ monitor api",
      "+ monitor feed",
      "",
      "3 to add, 0 to change, 0 to remove (revision 0).",
    ]);
    expect(await revision()).toBe(0);
  });

  test("apply shows the same and puts it into force", async () => {
    const lines = (await said("apply --file two.ts --yes")).split("\n");
    expect(lines[0]).toBe("+ region us-east");
    expect(lines.slice(-2)).toEqual([
      "3 to add, 0 to change, 0 to remove (revision 0).",
      "Applied. Revision 1 is in force.",
    ]);
    expect(await revision()).toBe(1);
  });

  test("what is in force already changes nothing", async () => {
    expect(await said("plan --file two.ts")).toBe("Nothing would change: revision 1 is in force.");
    expect(await said("apply --file two.ts")).toBe("Nothing to change: revision 1 is in force.");
    expect(await revision()).toBe(1);
  });

  test("a change is told with the values before and after", async () => {
    const lines = renderText(await planConfigFile(db, source("slower.ts"), 1_000)).split("\n");
    expect(lines).toContain("~ monitor api");
    expect(lines).toContain("    schedule.intervalSeconds: 60 → 300");
    expect(lines.at(-1)).toBe("0 to add, 1 to change, 0 to remove (revision 1).");
  });

  test("another base URL changes every monitor", async () => {
    const elsewhere = { ...source("two.ts"), baseUrl: "https://b.example" };
    const text = renderText(await planConfigFile(db, elsewhere, 1_000));
    expect(text).toContain(
      '    probe.url: "https://netpost.example/api/health" → "https://b.example/api/health"',
    );
    expect(text).toMatch(/0 to add, 2 to change, 0 to remove \(revision 1\)\.$/);
  });

  test("a wrong file is refused and changes nothing", async () => {
    const outcome = await applyConfigFile(db, source("wrong.ts"), { now });
    expect(outcome).toMatchObject({ kind: "refused", mistakes: { length: 2 } });
    expect(await revision()).toBe(1);
  });

  test("apply and show print one JSON value when asked, without the value of a header", async () => {
    const outcomes = [await said("apply --file slower.ts --json"), await said("show --json")];
    expect(outcomes.map((text) => JSON.parse(text))).toMatchObject([
      { kind: "applied", revision: 2, changes: [{ kind: "change", subject: "monitor api" }] },
      { kind: "shown", plan: { revision: 2, monitors: [{ id: "api" }, { id: "feed" }] } },
    ]);
    expect(outcomes.join()).not.toContain("swordfish");
  });

  test("who applies onto a plan that was replaced meanwhile is told so, and changes nothing", async () => {
    const other = () => applyConfigFile(db, source("one.ts"), { now });
    const review = async () => (await other()).kind === "applied";
    const outcome = await applyConfigFile(db, source("two.ts"), { now, review });
    expect(outcome).toMatchObject({ kind: "conflict", inForce: { revision: 3, appliedAt: 1_000 } });
    expect(await revision()).toBe(3);
    expect(await planConfigFile(db, source("one.ts"), 1_000)).toMatchObject({ changes: [] });
  });

  test("of two who apply at the same time, one comes after or is told of the other", async () => {
    const outcomes = await Promise.all(
      ["two.ts", "slower.ts"].map((file) => applyConfigFile(db, source(file), { now })),
    );
    const applied = outcomes.filter(({ kind }) => kind === "applied").length;
    const conflicts = outcomes.filter(({ kind }) => kind === "conflict").length;
    expect(applied).toBeGreaterThan(0);
    expect(applied + conflicts).toBe(2);
    expect(await revision()).toBe(3 + applied);
  });

  test("of two programs that apply what was planned from the same revision, one wins and is named to the other", async () => {
    const from = await revision();
    const count = async () => {
      const { rows } = await runtime.query("SELECT count(*) AS count FROM monitors");
      return Number(rows[0]?.["count"]);
    };
    const before = await count();
    const apply = (name: string) =>
      config(`apply --yes --from ${from} --file ${name}.ts --by ${name} --note why`);
    const names = ["ann", "ben"] as const;
    const outcomes = await Promise.all(names.map(apply));
    expect(outcomes.map(({ code }) => code).toSorted()).toEqual([0, 1]);
    const winner = names[outcomes.findIndex(({ code }) => code === 0)];
    const loser = outcomes.find(({ code }) => code === 1);
    expect(loser?.stderr).toMatch(
      new RegExp(
        `^Revision ${from + 1} was applied by ${winner} at \\S+ \\S+ UTC in between; nothing was changed\\. Plan again\\.\\n$`,
      ),
    );
    expect(await revision()).toBe(from + 1);
    expect(await count()).toBe(before + 1);
  });

  test("history tells of it, rollback undoes it as a new revision, and export means the same", async () => {
    const last = await revision();
    const history = async () => renderText(await showHistory(db, 1));
    expect(await history()).toMatch(new RegExp(`^${last}  .* UTC  (ann|ben)  .*why$`));
    expect(renderText(await showRevision(db, last))).toMatch(/\+ monitor (ann|ben)/);
    const back = await said(`rollback ${last - 1} --yes`);
    expect(back).toMatch(/^- monitor (ann|ben)$/m);
    expect(back.split("\n").at(-1)).toBe(`Applied. Revision ${last + 1} is in force.`);
    expect(await history()).toContain(`back to revision ${last - 1}`);
    const file = `exported-${last}.ts`;
    expect(await said(`export ${last} --output ${file}`)).toContain(file);
    expect(await applyConfigFile(db, source(file), { now })).toMatchObject({ revision: last + 2 });
    expect(await planConfigFile(db, source(file), 1_000)).toMatchObject({ changes: [] });
    const none = { kind: "no-revision", revision: 999, last: last + 2 };
    expect(await rollBack(db, 999, { now })).toEqual(none);
  });

  test("no to the question changes nothing", async () => {
    const before = await revision();
    const outcome = await applyConfigFile(db, source("one.ts"), { now, review: async () => false });
    expect(outcome).toEqual({ kind: "declined" });
    expect(await revision()).toBe(before);
  });

  test("new monitors count from when the question was answered", async () => {
    let clock = 5_000;
    const review = async () => {
      clock = 5_300;
      return true;
    };
    await applyConfigFile(db, source("three.ts"), { now: () => clock, review });
    const { rows } = await runtime.query("SELECT added_at FROM monitors WHERE id = 'search'");
    expect(Number(rows[0]?.["added_at"])).toBeGreaterThanOrEqual(5_280);
  });
});

describe("after npm start has ended", () => {
  test("the database is opened on its own and left free again", async () => {
    expect(await said("show")).toMatch(/^Revision \d+ is in force/);
    expect(await said("apply --file one.ts")).toMatch(/Applied\. Revision \d+ is in force\.$/);
    expect(await said("plan --file one.ts")).toMatch(/^Nothing would change/);
    const folder = await openDataFolder(dataDir);
    expect(folder.endedLeftover).toBeUndefined();
    folder.close();
  });

  test("a data folder that is held by who cannot be asked is one line", async () => {
    const folder = await openDataFolder(dataDir);
    const { code, stderr } = await config("show");
    folder.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The data folder data is in use by .*\n$/);
  });
});
