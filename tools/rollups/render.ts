import { day } from "../../shared/domain/rollup.ts";
import type { Span } from "../../shared/domain/span.ts";
import type { Audit, Difference } from "../../shared/storage/rollup-audit.ts";

/** The names of numbers: monitors and regions, those removed included. */
export interface Names {
  readonly monitors: ReadonlyMap<number, string>;
  readonly regions: ReadonlyMap<number, string>;
}

/** More are counted, not listed. */
const mostListed = 20;

/** What an audit found, for people. */
export function renderAudit(audit: Audit, window: Span, names: Names): string {
  const { hours, days, pending, results, differences } = audit;
  const lines = differences.slice(0, mostListed).map((difference) => describe(difference, names));
  const more = differences.length - lines.length;
  if (more > 0) lines.push(`… and ${more} more`);
  const looked = `${count(hours, "hour")} and ${count(days, "day")} from ${utc(window.from)} to ${utc(window.to)}, ${count(results, "result")}`;
  if (pending > 0) lines.push(`${count(pending, "hour")} or days still to be rolled up, left out.`);
  lines.push(
    differences.length === 0
      ? `${looked}: every rollup equals its results.`
      : `${looked}: ${count(differences.length, "rollup")} not as their results say. To mend: npm run rollups -- rebuild`,
  );
  return lines.join("\n");
}

function describe({ kind, step, start, monitor, region }: Difference, names: Names): string {
  const what = step === day ? `day ${utc(start).slice(0, 10)}` : `hour ${utc(start)}`;
  const whose = `${names.monitors.get(monitor) ?? `monitor ${monitor}`}, ${names.regions.get(region) ?? `region ${region}`}`;
  return `${kind.padEnd(9)}  ${what}  ${whose}`;
}

function count(number: number, word: string): string {
  return `${number.toLocaleString("en-US")} ${word}${number === 1 ? "" : "s"}`;
}

function utc(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16)}Z`;
}
