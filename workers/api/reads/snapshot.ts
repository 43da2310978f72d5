/** The present as the database has it: what most answers are made of. */
import { frontier } from "../../../shared/domain/coverage.ts";
import { type Freshness, freshness, staleAfterSeconds } from "../../../shared/domain/freshness.ts";
import { placesOf } from "../../../shared/domain/inbound.ts";
import type { Region } from "../../../shared/domain/monitor.ts";
import { type Placement, placementOf } from "../../../shared/domain/placement.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import { freshnessOfStep, type Known, lastSpanOf } from "../../../shared/domain/present-status.ts";
import { stepOf, steps } from "../../../shared/domain/schedule.ts";
import { readMemory } from "../../../shared/storage/ledger.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import {
  readRegionObjects,
  type StoredRegionObject,
} from "../../../shared/storage/region-objects.ts";
import { fromDatabase } from "./from-database.ts";
import { instantOrNull } from "./instant.ts";

/** Plan, statuses and coverage at one moment. */
export interface Snapshot extends Known {
  readonly plan: Plan;
  readonly freshness: Freshness;
  readonly regionObjects: readonly StoredRegionObject[];
}

/** Reads the present: the size of the plan, whatever the history. */
export async function readSnapshot(db: D1Database, now: number): Promise<Snapshot> {
  // Should a plan be applied between the two, its new monitors are simply not checked yet.
  const [plan, { memory }, regionObjects] = await fromDatabase(
    Promise.all([readPlan(db), readMemory(db), readRegionObjects(db)]),
  );
  return {
    now,
    plan,
    regions: new Map(placesOf(plan).map((place) => [place.id, place])),
    statuses: memory.statuses,
    lastSpans: memory.coverage,
    freshness: freshness(now, memory.coverage),
    regionObjects,
  };
}

/**
 * When something that a snapshot shows turns unknown unless a round is recorded, epoch seconds;
 * infinity where nothing is left that could.
 */
export function goesStaleAt({ now, lastSpans }: Snapshot): number {
  const turns = steps.map((step) => frontier(lastSpans, step) + staleAfterSeconds + 1);
  return Math.min(...turns.filter((at) => at > now));
}

/** A region's state as the API tells it. */
export function regionDocument({ lastRoundAt, colos, ...state }: RegionState) {
  return { ...state, colos: [...colos], lastRoundAt: instantOrNull(lastRoundAt) };
}

/** What a region's part in the newest rounds says about it. */
export interface RegionState {
  readonly id: string;
  readonly state: "reporting" | "not-reporting";
  /** Epoch seconds of the newest round it reported; null: none yet. */
  readonly lastRoundAt: number | null;
  /** Where its objects really run, as far as they know. */
  readonly colos: readonly string[];
  readonly placement: Placement;
  readonly droppedRounds: number;
}

/** The state of every region: it reports if it took part in the newest round of each step in use. */
export function regionStates({ now, plan, lastSpans, regionObjects }: Snapshot): RegionState[] {
  // Every region takes part in every round of a step that the plan uses.
  const inUse = steps.filter((step) =>
    plan.monitors.some((monitor) => stepOf(monitor.schedule) === step),
  );
  return plan.regions.map((region) => {
    const reporting = inUse.every((step) => {
      const last = lastSpanOf(lastSpans, step, [region.number]);
      const stale = freshnessOfStep(now, lastSpans, step).stale;
      return last !== null && !stale && last.to >= frontier(lastSpans, step);
    });
    const rounds = lastSpans
      .filter((span) => span.region === region.number)
      .map((span) => span.to - span.step);
    return {
      id: region.id,
      state: reporting && inUse.length > 0 ? "reporting" : "not-reporting",
      lastRoundAt: rounds.length === 0 ? null : Math.max(...rounds),
      ...whereabouts(region, regionObjects),
    };
  });
}

/** Where a region's objects are; elsewhere if one of them is. */
function whereabouts(
  { number, locationHint }: Region,
  objects: readonly StoredRegionObject[],
): Pick<RegionState, "colos" | "placement" | "droppedRounds"> {
  const own = objects.filter(({ region }) => region === number);
  const placements = own.map(({ country }) => placementOf(locationHint, country));
  const found = (["elsewhere", "as-asked"] as const).find((one) => placements.includes(one));
  return {
    colos: [...new Set(own.flatMap(({ colo }) => colo ?? []))].sort(),
    placement: found ?? "not-known",
    droppedRounds: own.reduce((sum, { droppedRounds }) => sum + droppedRounds, 0),
  };
}
