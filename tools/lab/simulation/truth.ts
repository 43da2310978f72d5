/**
 * What really happened, read from the script and not from the pipeline: when targets were out,
 * and what we were in no condition to see. Times are ms from the script's start.
 */
import { normalise, type Span } from "../../../shared/domain/span.ts";
import { isFailing, regionIds, type Script, type TargetFault, type TickFault } from "./script.ts";

/** Regions that make a strict majority of all. */
const majority = Math.floor(regionIds.length / 2) + 1;

/** The truth about one target of a script. */
export class Truth {
  /** When a majority of the regions could not use the target. */
  readonly outages: readonly Span[];
  readonly #failing: readonly (readonly Span[])[];
  /** Failing, or failing now and then. */
  readonly #troubled: readonly (readonly Span[])[];
  readonly #ours: readonly (readonly Span[])[];
  readonly #database: readonly Span[];
  readonly #objects: readonly Span[];
  readonly #ticks: ReadonlyMap<number, readonly TickFault[]>;

  constructor({ faults }: Script, target: number) {
    const mine = faults.filter((fault): fault is TargetFault => {
      return fault.kind === "target" && fault.target === target;
    });
    const spansOf = (of: (fault: TargetFault) => boolean) =>
      regionIds.map((_, region) =>
        normalise(mine.filter((fault) => fault.regions.includes(region) && of(fault))),
      );
    this.#failing = spansOf(isFailing);
    this.#troubled = spansOf(({ how }) => how !== "slow");
    this.outages = whereAtLeast(majority, this.#failing);
    this.#ours = regionIds.map((_, region) =>
      normalise(
        faults
          .filter((fault) => fault.kind === "region")
          .filter((fault) => {
            return fault.region === region && (fault.shard ?? target) === target;
          }),
      ),
    );
    this.#objects = normalise(faults.filter((fault) => fault.kind === "region"));
    this.#database = normalise(faults.filter((fault) => fault.kind === "database"));
    const ticks = new Map<number, TickFault[]>();
    for (const fault of faults) {
      if (fault.kind !== "tick") continue;
      ticks.set(fault.minute, [...(ticks.get(fault.minute) ?? []), fault]);
    }
    this.#ticks = ticks;
  }

  /** In how many regions the target failed, at least now and then, at some time in [from, to). */
  troubledRegions(from: number, to: number): number {
    return this.#troubled.filter((spans) => overlaps(spans, from, to)).length;
  }

  /** Whether the target failed for a region, at least now and then, at some time in [from, to). */
  isTroubled(region: number, from: number, to: number): boolean {
    return overlaps(this.#troubled[region] ?? [], from, to);
  }

  /** How many of our regions did not work, at some time in [from, to). */
  lostRegions(from: number, to: number): number {
    return this.#ours.filter((spans) => overlaps(spans, from, to)).length;
  }

  /** Whether an object of ours did not work in [from, to), of whatever target: the tick waits. */
  isWaiting(from: number, to: number): boolean {
    return overlaps(this.#objects, from, to);
  }

  /** Whether nothing of ours failed in [from, to). */
  isUndisturbed(from: number, to: number): boolean {
    if (this.lostRegions(from, to) > 0 || overlaps(this.#database, from, to)) return false;
    for (let minute = Math.floor(from / 60_000); minute * 60_000 < to; minute += 1) {
      if (this.#ticks.has(minute)) return false;
    }
    return true;
  }

  /**
   * Whether a check at `time` has to see an outage, though perhaps late for want of a database:
   * its tick comes in time, and so many regions that work cannot use the target throughout.
   *
   * @param least a majority, or all of them where they take turns: one that sees it well may be asked
   */
  mustSee(time: number, stepMs: number, least: "majority" | "all" = "majority"): boolean {
    const ticks = this.#ticks.get(Math.floor(time / 60_000)) ?? [];
    if (ticks.some(({ how }) => how !== "doubled")) return false;
    const seeing = regionIds.filter((_, region) => {
      if (overlaps(this.#ours[region] ?? [], time, time + stepMs)) return false;
      return covers(this.#failing[region] ?? [], time, time + stepMs);
    });
    return seeing.length >= (least === "all" ? regionIds.length : majority);
  }

  /**
   * Whether a check at `time` is decided on what all regions saw. Results that had to wait for the
   * database are decided on with what can be had of them when it is back, and a verdict stands.
   */
  isDecidedByAll(time: number, stepMs: number): boolean {
    const away = this.#database.filter((span) => span.from < time + stepMs && span.to > time);
    if (away.length === 0) return true;
    let minute = Math.ceil(Math.max(...away.map(({ to }) => to)) / 60_000);
    while (this.#ticks.has(minute)) minute += 1;
    return this.lostRegions(time, (minute + 1) * 60_000) === 0;
  }

  /** Whether what a check sees at `time` is recorded at once. */
  isRecordedAtOnce(time: number, stepMs: number): boolean {
    return !overlaps(this.#database, time, time + stepMs);
  }
}

function overlaps(spans: readonly Span[], from: number, to: number): boolean {
  return spans.some((span) => span.from < to && span.to > from);
}

function covers(spans: readonly Span[], from: number, to: number): boolean {
  return spans.some((span) => span.from <= from && span.to >= to);
}

/** When at least `least` of several lists of spans have one. */
function whereAtLeast(least: number, lists: readonly (readonly Span[])[]): Span[] {
  const edges = lists
    .flat()
    .flatMap(({ from, to }) => [
      { at: from, change: 1 },
      { at: to, change: -1 },
    ])
    .sort((a, b) => a.at - b.at);
  const found: Span[] = [];
  let count = 0;
  for (const [index, { at, change }] of edges.entries()) {
    count += change;
    const next = edges[index + 1];
    if (count >= least && next !== undefined) found.push({ from: at, to: next.at });
  }
  return normalise(found);
}
