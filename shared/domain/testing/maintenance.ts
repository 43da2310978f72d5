/** Maintenance windows for tests, and a clock face that needs no time zones. */
import type { MaintenanceWindow, NextTime, Selectable } from "../maintenance.ts";

/** Recurrences are `every N`: each multiple of N seconds. */
export const everySeconds: NextTime = ({ expression }, after) => {
  const step = Number(expression.replace("every ", ""));
  return (Math.floor(after / step) + 1) * step;
};

/** A window for all monitors, once from 100 to 200, with changes. */
export function maintenanceWindow(changes: Partial<MaintenanceWindow> = {}): MaintenanceWindow {
  return {
    number: 1,
    kind: "maintenance",
    name: "Move",
    reason: null,
    versions: [
      {
        from: 0,
        until: null,
        selector: { kind: "all" },
        timing: { kind: "once", from: 100, to: 200 },
      },
    ],
    createdAt: 0,
    createdBy: "admin",
    cancelledAt: null,
    withdrawnAt: null,
    ...changes,
  };
}

/** What a selector looks at. */
export function selectable(changes: Partial<Selectable> = {}): Selectable {
  return { id: "home", group: "Pages", tags: ["public"], ...changes };
}
