/** Planned maintenance as everybody may see it: when, what, and for which monitors; not why. */
import type { PublicMaintenance } from "../../../shared/contract/api/status.ts";
import {
  type MaintenanceWindow,
  occurrencesOf,
  type Selectable,
  selects,
  versionAt,
} from "../../../shared/domain/maintenance.ts";
import { nextTime } from "../../../shared/measure/material.ts";
import { instant } from "./instant.ts";

const mostShown = 20;

/** How far ahead the page looks, seconds. */
export const maintenanceAheadSeconds = 30 * 86_400;

/**
 * What is in force now or planned for the next 30 days, in order of time.
 *
 * @param windows that may plan something in that time; exclusions are not shown
 * @param monitors those of the page
 */
export function publicMaintenance(
  windows: readonly MaintenanceWindow[],
  monitors: readonly (Selectable & { readonly name: string })[],
  now: number,
): PublicMaintenance[] {
  const within = { from: now, to: now + maintenanceAheadSeconds };
  return windows
    .filter(({ kind }) => kind === "maintenance")
    .flatMap((window) =>
      occurrencesOf(window, within, nextTime).map((span) => ({ window, ...span })),
    )
    .sort((a, b) => a.from - b.from || a.window.number - b.window.number)
    .flatMap(({ window, from, to }): PublicMaintenance[] => {
      const selector = versionAt(window, from)?.selector;
      if (!selector) return [];
      const chosen = monitors.filter((monitor) => selects(selector, monitor));
      if (selector.kind !== "all" && chosen.length === 0) return [];
      return [
        {
          id: window.number,
          name: window.name,
          state: from <= now ? "active" : "upcoming",
          from: instant(from),
          to: instant(to),
          monitors: selector.kind === "all" ? null : chosen.map(({ id, name }) => ({ id, name })),
        },
      ];
    })
    .slice(0, mostShown);
}
