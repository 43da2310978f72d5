import { describe, expect, it } from "vitest";
import type { MaintenanceVersion, MaintenanceWindow } from "./maintenance.ts";
import { type MaintainedMonitor, maintenanceAdherence } from "./maintenance-adherence.ts";

const within = { from: 10_000, to: 90_000 };
const never = () => Number.POSITIVE_INFINITY;

function once(
  from: number,
  to: number,
  changes: Partial<MaintenanceVersion> = {},
): MaintenanceWindow {
  return {
    number: 1,
    kind: "maintenance",
    name: "Work",
    reason: null,
    versions: [
      {
        from: 0,
        until: null,
        selector: { kind: "monitors", ids: ["home"] },
        timing: { kind: "once", from, to },
        ...changes,
      },
    ],
    createdAt: 0,
    createdBy: "admin",
    cancelledAt: null,
    withdrawnAt: null,
  };
}

function monitor(id: string, ...downs: readonly (readonly [number, number])[]): MaintainedMonitor {
  const points = downs.flatMap(([from, to]) => [
    { at: from, status: "down" as const },
    { at: to, status: "up" as const },
  ]);
  return { id, group: "", tags: [], intervalSeconds: 60, points };
}

const judge = (windows: MaintenanceWindow[], ...monitors: MaintainedMonitor[]) =>
  maintenanceAdherence({ within, windows, monitors }, never);

describe("maintenance that shows work", () => {
  const window = once(20_000, 27_200);
  it.each([
    ["is kept where all is well at its end", [21_000, 22_000], 100],
    ["is kept where all is well at the first check after it", [21_000, 27_250], 100],
    ["is not kept where its monitor stays down", [21_000, 28_000], 0],
  ] as const)("%s", (_, outage, value) => {
    expect(judge([window], monitor("home", outage)).value).toBe(value);
  });

  it("is shown by an early end as well", () => {
    expect(judge([once(20_000, 27_200, { until: 25_000 })], monitor("home"))).toMatchObject({
      value: 100,
      from: { windows: 1, withWork: 1, kept: 1 },
    });
  });

  it("is a share of the windows that ended in the time", () => {
    const windows = [once(5_000, 9_000), window, once(40_000, 41_000), once(89_000, 91_000)];
    const home = monitor("home", [21_000, 28_000], [40_500, 40_900], [89_500, 89_600]);
    expect(judge(windows, home)).toMatchObject({ value: 50, from: { windows: 2, withWork: 2 } });
  });
});

describe("what shows no work", () => {
  it("is not known, and says why", () => {
    expect(judge([], monitor("home"))).toMatchObject({
      value: null,
      reason: "no maintenance window ended in this time",
    });
    const idle = judge(
      [once(20_000, 27_200)],
      monitor("home", [19_000, 30_000]),
      monitor("other", [21_000, 40_000]),
    );
    expect(idle).toMatchObject({
      value: null,
      reason: "no maintenance window in this time shows any work",
      from: { windows: 1, withWork: 0 },
    });
    expect(judge([{ ...once(20_000, 27_200), kind: "exclusion" }]).value).toBeNull();
  });
});
