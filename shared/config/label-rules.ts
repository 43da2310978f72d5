/** What the labels of monitors demand of each other. */
import type { z } from "zod";
import type { Mistake } from "./rules.ts";
import { labelFields } from "./schema.ts";

/** Null for what is malformed: it has its own mistake, and no rule is held against it. */
const sound = <S extends z.ZodType>(schema: S) => schema.nullable().catch(null);

export const labelParts = {
  tags: sound(labelFields.tags),
  dependsOn: sound(labelFields.dependsOn),
};

interface Labelled {
  readonly id: string | null;
  readonly tags: readonly string[] | null;
  readonly dependsOn: readonly string[] | null;
}

/** Who needs whom, in a whole file. */
export interface Needs {
  /** By id: what each monitor names. */
  readonly of: ReadonlyMap<string, readonly string[]>;
  /** The ids from which no circle is reached: in a sound file all of them. */
  readonly settled: ReadonlySet<string>;
}

/** Reads the dependencies of all monitors, in time that grows with their number. */
export function needsAmong(monitors: readonly (Labelled | null)[]): Needs {
  const of = new Map(
    monitors.flatMap((each) => (each?.id ? [[each.id, each.dependsOn ?? []] as const] : [])),
  );
  const neededBy = new Map<string, string[]>();
  const waitsFor = new Map<string, number>();
  for (const [id, needs] of of) {
    const known = needs.filter((needed) => of.has(needed));
    waitsFor.set(id, known.length);
    for (const needed of known) {
      const waiting = neededBy.get(needed);
      if (waiting) waiting.push(id);
      else neededBy.set(needed, [id]);
    }
  }
  const settled = new Set([...of.keys()].filter((id) => waitsFor.get(id) === 0));
  // A set is walked in the order in which it grows.
  for (const id of settled) {
    for (const waiting of neededBy.get(id) ?? []) {
      const left = (waitsFor.get(waiting) ?? 0) - 1;
      waitsFor.set(waiting, left);
      if (left === 0) settled.add(waiting);
    }
  }
  return { of, settled };
}

/** The mistakes in the labels of one monitor. */
export function againstLabels({ id, tags, dependsOn }: Labelled, needs: Needs): Mistake[] {
  const mistakes: Mistake[] = [];
  if (tags && new Set(tags).size < tags.length) {
    mistakes.push({ path: ["tags"], message: "names a tag twice" });
  }
  if (!dependsOn) return mistakes;
  if (new Set(dependsOn).size < dependsOn.length) {
    mistakes.push({ path: ["dependsOn"], message: "names a monitor twice" });
  }
  for (const [index, needed] of dependsOn.entries()) {
    const message = needs.of.has(needed)
      ? circleFrom(id, needed, needs)
      : "no such monitor; allowed: the id of another monitor of this file";
    if (message !== null) mistakes.push({ path: ["dependsOn", index], message });
  }
  return mistakes;
}

/** Null where no chain of dependencies leads from `needed` back to the monitor. */
function circleFrom(id: string | null, needed: string, { of, settled }: Needs): string | null {
  if (id === null || settled.has(id)) return null;
  if (id === needed) return "a monitor does not depend on itself";
  const cameFrom = new Map<string, string>([[needed, id]]);
  for (const at of cameFrom.keys()) {
    for (const next of of.get(at) ?? []) {
      if (next === id) return `a circle: ${pathTo(id, at, cameFrom)}`;
      if (!cameFrom.has(next)) cameFrom.set(next, at);
    }
  }
  return null;
}

/** For example `a → b → a`. */
function pathTo(id: string, last: string, cameFrom: ReadonlyMap<string, string>): string {
  const path = [id];
  for (let at: string | undefined = last; at !== undefined; at = cameFrom.get(at)) path.unshift(at);
  return path.join(" → ");
}
