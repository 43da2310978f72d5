import type { PlanDocument } from "./compile.ts";

/** One thing that applying a configuration would change. */
export interface Change {
  readonly kind: "add" | "remove" | "change";
  /** For example `monitor api-health` or `region us-east`. */
  readonly subject: string;
  /** For a change: the fields that differ, with values before and after as JSON. */
  readonly fields: readonly { path: string; before: string; after: string }[];
}

/** Fields whose values may hold secrets: that they differ is told, not what they are. */
const confidential = [/\.headers\b/, /\.body\b/, /\.auth\b/, /\.send\b/];

/** What applying `after` over `before` would change, regions first, in order of id. */
export function diff(before: PlanDocument, after: PlanDocument): Change[] {
  return [
    ...diffControls(before.controls, after.controls),
    ...diffSettings("reports", before.reports, after.reports),
    ...diffSettings("kpis", before.kpis, after.kpis),
    ...diffSettings("retention", before.retention, after.retention),
    ...diffNamed("metric", byName(before.metrics), byName(after.metrics)),
    ...diffSettings("health score", before.healthScore, after.healthScore),
    ...diffNamed("region", before.regions, after.regions),
    ...diffNamed("monitor", before.monitors, after.monitors),
  ];
}

function diffControls(before: readonly string[], after: readonly string[]): Change[] {
  const field = { path: "controls", before: JSON.stringify(before), after: JSON.stringify(after) };
  if (field.before === field.after) return [];
  return [{ kind: "change", subject: "control targets", fields: [field] }];
}

function byName(metrics: PlanDocument["metrics"] = []) {
  return metrics.map(({ name, ...metric }) => ({ id: name, ...metric }));
}

/** A group of settings that may be left out as a whole. */
function diffSettings(subject: string, before: unknown, after: unknown): Change[] {
  const fields = diffFields(flatten(before ?? {}), flatten(after ?? {}));
  return fields.length > 0 ? [{ kind: "change", subject, fields }] : [];
}

function diffNamed(
  word: string,
  before: readonly { readonly id: string }[],
  after: readonly { readonly id: string }[],
): Change[] {
  const old = new Map(before.map((item) => [item.id, item]));
  const next = new Map(after.map((item) => [item.id, item]));
  const ids = [...new Set([...old.keys(), ...next.keys()])].sort();
  return ids.flatMap((id): Change[] => {
    const subject = `${word} ${id}`;
    const was = old.get(id);
    const is = next.get(id);
    if (!was) return [{ kind: "add", subject, fields: [] }];
    if (!is) return [{ kind: "remove", subject, fields: [] }];
    const fields = diffFields(flatten(was), flatten(is));
    return fields.length > 0 ? [{ kind: "change", subject, fields }] : [];
  });
}

function diffFields(before: Map<string, string>, after: Map<string, string>): Change["fields"] {
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  return paths.flatMap((path) => {
    const was = before.get(path) ?? "nothing";
    const is = after.get(path) ?? "nothing";
    // Where a monitor is probed inside its region is our business, not a change of what it is.
    if (was === is || path === "shard") return [];
    if (confidential.some((pattern) => pattern.test(path))) {
      return [{ path, before: "<not shown>", after: "<not shown>" }];
    }
    return [{ path, before: was, after: is }];
  });
}

function flatten(value: unknown, path = ""): Map<string, string> {
  if (typeof value !== "object" || value === null) return new Map([[path, JSON.stringify(value)]]);
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) {
    return new Map([[path, JSON.stringify(value)]]);
  }
  const prefix = path === "" ? "" : `${path}.`;
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [...flatten(inner, `${prefix}${key}`)]),
  );
}
