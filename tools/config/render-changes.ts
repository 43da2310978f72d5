/** Plans, revisions and conflicts as people read them. */
import type { Change } from "../../shared/config/diff.ts";
import type { HistoryEntry } from "../../shared/storage/plan-history.ts";
import type { AppliedRevision } from "../../shared/storage/plans.ts";
import type { Planned } from "./outcome.ts";
import type { Colour, Paint } from "./paint.ts";

const signs = {
  add: ["+", "green"],
  change: ["~", "yellow"],
  remove: ["-", "red"],
} as const satisfies Record<Change["kind"], readonly [string, Colour]>;

/** What would change, and in what numbers. */
export function renderPlanned({ revision, changes }: Planned, paint: Paint): string {
  if (changes.length === 0) return `Nothing would change: revision ${revision} is in force.`;
  const { add, change, remove } = counted(changes);
  return [
    ...changeLines(changes, paint),
    "",
    `${add} to add, ${change} to change, ${remove} to remove (revision ${revision}).`,
  ].join("\n");
}

/** Who was faster. */
export function renderConflict(inForce: AppliedRevision | null): string {
  if (inForce === null) return "Nothing was ever applied: there is no such revision to plan from.";
  const { revision, by, appliedAt } = inForce;
  const who = by === null ? "" : ` by ${by}`;
  return `Revision ${revision} was applied${who} at ${timeOf(appliedAt)} in between; nothing was changed. Plan again.`;
}

/** A line for each revision. */
export function renderHistory(revisions: readonly HistoryEntry[], paint: Paint): string {
  if (revisions.length === 0) return "No configuration was applied yet.";
  const widest = Math.max(...revisions.map(({ by }) => (by ?? unknown).length));
  const digits = Math.max(...revisions.map(({ revision }) => String(revision).length));
  return revisions
    .map((entry) => {
      const who = (entry.by ?? unknown).padEnd(widest);
      const number = paint("bold", String(entry.revision).padStart(digits));
      const why = reasonOf(entry);
      const what = summaryOf(entry.changes, paint);
      return `${number}  ${timeOf(entry.appliedAt)}  ${who}  ${what}${why === "" ? "" : `  ${why}`}`;
    })
    .join("\n");
}

/** One revision with every field that it changed. */
export function renderRevision(entry: HistoryEntry, paint: Paint): string {
  const why = reasonOf(entry);
  const who = entry.by === null ? "" : ` by ${entry.by}`;
  const head = `Revision ${entry.revision}, applied at ${timeOf(entry.appliedAt)}${who}`;
  const lines = changeLines(entry.changes, paint);
  return [
    `${head}${why === "" ? "" : `: ${why}`}`,
    "",
    ...(lines.length > 0 ? lines : [onlyOrder]),
  ].join("\n");
}

const unknown = "not known";
const onlyOrder = "the order of monitors, or their shards";

function changeLines(changes: readonly Change[], paint: Paint): string[] {
  return changes.flatMap(({ kind, subject, fields }) => {
    const [sign, colour] = signs[kind];
    return [
      paint(colour, `${sign} ${subject}`),
      ...fields.map(({ path, before, after }) => `    ${path}: ${before} → ${after}`),
    ];
  });
}

function reasonOf({ note, restores }: AppliedRevision): string {
  const back = restores === null ? "" : `back to revision ${restores}`;
  return [back, note ?? ""].filter((text) => text !== "").join("; ");
}

/** For example `+2 ~1 monitor api-health, monitor feed, region us-east`. */
function summaryOf(changes: readonly Change[], paint: Paint): string {
  if (changes.length === 0) return onlyOrder;
  const counts = counted(changes);
  const kinds = (["add", "change", "remove"] as const).flatMap((kind) => {
    const [sign, colour] = signs[kind];
    return counts[kind] > 0 ? [paint(colour, `${sign}${counts[kind]}`)] : [];
  });
  const named = changes.slice(0, 3).map(({ subject }) => subject);
  const more = changes.length > 3 ? ` and ${changes.length - 3} more` : "";
  return `${kinds.join(" ")}  ${named.join(", ")}${more}`;
}

function counted(changes: readonly Change[]): Record<Change["kind"], number> {
  const of = (kind: Change["kind"]) => changes.filter((change) => change.kind === kind).length;
  return { add: of("add"), change: of("change"), remove: of("remove") };
}

/** For example `2026-11-24 02:15:00 UTC`. */
function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace("T", " ").replace(".000Z", " UTC");
}
