/** What Atlassian Statuspage is to be told: the newest state against what it was told. Pure. */
import type { ShownIncident } from "../../../shared/measure/public-incidents.ts";
import type { PublicMonitorState, PublicState } from "../../../shared/measure/public-state.ts";
import type { StatusPush } from "../../../shared/storage/exports-status.ts";
import type { MappedComponent } from "./settings.ts";

/** `component[status]` of Statuspage. */
export type ComponentStatus =
  | "operational"
  | "degraded_performance"
  | "partial_outage"
  | "major_outage"
  | "under_maintenance";

/** An incident as Statuspage has it. */
export interface IncidentState {
  readonly name: string;
  readonly status: "investigating" | "resolved";
  readonly impact_override: "minor" | "critical";
  readonly component_ids: readonly string[];
}

/** One thing that is to be told. */
export type PushStep =
  | { readonly kind: "component"; readonly id: string; readonly status: ComponentStatus }
  | {
      readonly kind: "incident";
      readonly key: string;
      readonly state: IncidentState;
      /** All public updates that there are. */
      readonly updates: readonly string[];
      readonly row: StatusPush | null;
    }
  /** It is shown there, and may not be any more: merged into another, or a false alarm. */
  | { readonly kind: "withdraw"; readonly row: StatusPush };

/** What differs from what was told: incidents first, the oldest first, then components. */
export function stepsOf(
  state: PublicState,
  mapped: readonly MappedComponent[],
  told: readonly StatusPush[],
): PushStep[] {
  const rows = new Map(told.map((row) => [`${row.kind}/${row.key}`, row]));
  const shown = new Set(state.incidents.map(({ key }) => key));
  const incidents = state.incidents.flatMap((incident): PushStep[] => {
    const row = rows.get(`incident/${incident.key}`) ?? null;
    // What began and ended before it could be told is no state any more.
    if (row === null && incident.endedAt !== null) return [];
    const updates = incident.updates.map(({ text }) => text);
    const wanted = stateOf(incident, state.monitors, mapped);
    if (row?.digest === digestOf(wanted) && row.updates >= updates.length) return [];
    return [{ kind: "incident", key: incident.key, state: wanted, updates, row }];
  });
  const withdrawn = told.flatMap((row): PushStep[] =>
    row.kind === "incident" && !shown.has(row.key) ? [{ kind: "withdraw", row }] : [],
  );
  const components = [...componentStates(state.monitors, mapped)].flatMap(
    ([id, status]): PushStep[] =>
      rows.get(`component/${id}`)?.digest === status ? [] : [{ kind: "component", id, status }],
  );
  return [...incidents, ...withdrawn, ...components];
}

/** By which a state is known to have been told. */
export function digestOf(state: IncidentState): string {
  return JSON.stringify(state);
}

/** What an incident's next update says: what is new of it, or words that go with its state. */
export function bodyOf(
  { state, updates, row }: Extract<PushStep, { kind: "incident" }>,
  fresh: boolean,
): string | null {
  const unsaid = updates.slice(fresh ? 0 : (row?.updates ?? 0));
  const words = unsaid.join("\n\n").slice(0, longestBody);
  if (words !== "") return words;
  if (state.status === "resolved") return "This incident has been resolved.";
  return fresh ? "We are investigating this incident." : null;
}

const longestBody = 20_000;

function stateOf(
  incident: ShownIncident,
  monitors: readonly PublicMonitorState[],
  mapped: readonly MappedComponent[],
): IncidentState {
  const about = new Set(incident.monitors.map(({ id }) => id));
  const groups = new Set(monitors.filter(({ id }) => about.has(id)).map(({ group }) => group));
  const ids = mapped.filter((one) => about.has(one.of) || groups.has(one.of));
  return {
    name: incident.title.slice(0, 200),
    status: incident.endedAt === null ? "investigating" : "resolved",
    impact_override: incident.severity === "critical" ? "critical" : "minor",
    component_ids: [...new Set(ids.map(({ component }) => component))].sort(),
  };
}

/**
 * The status of each component. One of which not all monitors are known keeps what it shows, unless
 * one of those that are known is bad.
 */
export function componentStates(
  monitors: readonly PublicMonitorState[],
  mapped: readonly MappedComponent[],
): Map<string, ComponentStatus> {
  const byComponent = Map.groupBy(mapped, ({ component }) => component);
  const states = new Map<string, ComponentStatus>();
  for (const [component, entries] of byComponent) {
    const names = new Set(entries.map(({ of }) => of));
    const own = monitors.filter(({ id, group }) => names.has(id) || names.has(group));
    const status = statusOf(own);
    if (status !== null) states.set(component, status);
  }
  return states;
}

function statusOf(own: readonly PublicMonitorState[]): ComponentStatus | null {
  if (own.length === 0) return null;
  if (own.some(({ maintenance }) => maintenance)) return "under_maintenance";
  const down = own.filter(({ status }) => status === "down").length;
  if (down === own.length) return "major_outage";
  if (down > 0) return "partial_outage";
  if (own.some(({ status }) => status === "degraded")) return "degraded_performance";
  return own.every(({ status }) => status === "up") ? "operational" : null;
}
