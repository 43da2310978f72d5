import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { endOfTime, type MaintenanceWindow } from "../domain/maintenance.ts";
import { cancelWindow, withdrawWindow } from "../domain/maintenance-changes.ts";
import { maintenanceWindow } from "../domain/testing/maintenance.ts";
import {
  insertMaintenance,
  readMaintenance,
  readMaintenancePage,
  readMaintenanceWindow,
  updateMaintenance,
} from "./maintenance.ts";

/** What a migration puts there, before any test takes it away. */
const seeds = await readMaintenance(env.DB, { from: 0, to: endOfTime });

function once(from: number, to: number): Omit<MaintenanceWindow, "number"> {
  const { number: _, ...window } = maintenanceWindow();
  const timing = { kind: "once" as const, from, to };
  return { ...window, versions: window.versions.map((version) => ({ ...version, timing })) };
}

beforeEach(() => env.DB.prepare("DELETE FROM maintenance").run());

it("NetPost's maintenance windows are there from the beginning, and plan nothing before it", () => {
  const shown = seeds.map(({ kind, name, createdBy, versions }) => ({
    kind,
    name,
    createdBy,
    timing: versions[0]?.timing,
  }));
  const weekly = { kind: "recurring", timeZone: "UTC" };
  const common = { kind: "maintenance", createdBy: "netpost" };
  expect(shown).toEqual([
    {
      ...common,
      name: "Weekly maintenance",
      timing: { ...weekly, expression: "0 2 * * 0", durationSeconds: 7_200 },
    },
    {
      ...common,
      name: "Monthly maintenance",
      timing: { ...weekly, expression: "0 2 * * 0#1", durationSeconds: 14_400 },
    },
    {
      ...common,
      name: "Quarterly maintenance",
      timing: { ...weekly, expression: "0 2 * 1,4,7,10 0#1", durationSeconds: 21_600 },
    },
  ]);
  for (const { versions, createdAt } of seeds) {
    expect(versions).toMatchObject([{ from: createdAt, until: null, selector: { kind: "all" } }]);
    expect(createdAt).toBeGreaterThan(1_700_000_000);
  }
});

describe("maintenance windows", () => {
  it("come back as they were put in", async () => {
    const { window, revision } = await insertMaintenance(env.DB, once(100, 200));
    expect(window).toEqual({ ...once(100, 200), number: window.number });
    expect(await readMaintenanceWindow(env.DB, window.number)).toEqual({ window, revision });
    expect(await readMaintenanceWindow(env.DB, 99_999)).toBeNull();
  });

  it("are found by what they plan", async () => {
    for (const [from, to] of [
      [0, 100],
      [50, 150],
      [150, 300],
    ] as const) {
      await insertMaintenance(env.DB, once(from, to));
    }
    const found = async (from: number, to: number) =>
      (await readMaintenance(env.DB, { from, to })).map(({ versions: [first] }) =>
        first?.timing.kind === "once" ? first.timing.from : null,
      );
    expect(await found(0, 50)).toEqual([0]);
    expect(await found(99, 151)).toEqual([0, 50, 150]);
    expect(await found(150, 151)).toEqual([150]);
    expect(await found(300, 900)).toEqual([]);
  });

  it("read no row of what was over before", async () => {
    for (let index = 0; index < 200; index += 1) {
      await insertMaintenance(env.DB, once(index * 10, index * 10 + 5));
    }
    const { meta } = await env.DB.prepare(
      "SELECT number FROM maintenance INDEXED BY maintenance_by_end WHERE ends_at > ?1 AND begins_at < ?2",
    )
      .bind(1_980, 2_000)
      .run();
    // Two windows, each an entry of the index and a row.
    expect(meta.rows_read).toBeLessThanOrEqual(5);
  });

  it("are changed by one of two only", async () => {
    const { window, revision } = await insertMaintenance(env.DB, once(100, 200));
    const cancelled = cancelWindow(window, 150);
    expect(await updateMaintenance(env.DB, cancelled, revision)).toBe(true);
    expect(await updateMaintenance(env.DB, withdrawWindow(window, 160), revision)).toBe(false);
    expect((await readMaintenanceWindow(env.DB, window.number))?.window).toEqual(cancelled);
    expect(await readMaintenance(env.DB, { from: 150, to: 200 })).toEqual([]);
    expect(await readMaintenance(env.DB, { from: 140, to: 150 })).toHaveLength(1);
  });

  it("are paged, the newest first", async () => {
    for (let index = 0; index < 5; index += 1) await insertMaintenance(env.DB, once(index, 10));
    const first = await readMaintenancePage(env.DB, null, 2);
    const second = await readMaintenancePage(env.DB, first.at(-1)?.number ?? 0, 10);
    const numbers = [...first, ...second].map(({ number }) => number);
    expect(numbers).toHaveLength(5);
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
  });
});
