import { type Placement, placementOf } from "../../../shared/domain/placement.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import { type LogValue, log } from "../../../shared/log.ts";
import type { RegionObjectState } from "../../../shared/storage/region-objects.ts";

/** An object that is on another continent than its region was asked to be, or is back. */
export interface PlacementChange {
  readonly region: string;
  readonly shard: number;
  readonly locationHint: string;
  readonly colo: string | null;
  readonly country: string | null;
  readonly placement: Exclude<Placement, "not-known">;
}

/**
 * Which objects changed continents.
 *
 * @param before how the objects fared as it was recorded last
 * @param news what is recorded now
 */
export function placementChanges(
  { regions }: Plan,
  before: readonly RegionObjectState[],
  news: readonly RegionObjectState[],
): PlacementChange[] {
  return news.flatMap(({ region, shard, colo, country }): PlacementChange[] => {
    const found = regions.find(({ number }) => number === region);
    if (found === undefined) return [];
    const { id, locationHint } = found;
    const known = before.find((one) => one.region === region && one.shard === shard);
    const was = placementOf(locationHint, known?.country ?? null);
    const placement = placementOf(locationHint, country);
    // An object is as asked until it shows otherwise.
    if (placement === "not-known" || (placement === "elsewhere") === (was === "elsewhere"))
      return [];
    return [{ region: id, shard, locationHint, colo, country, placement }];
  });
}

/** Writes a line for each: it measures another way to the target than its region's name says. */
export function reportPlacement(changes: readonly PlacementChange[]): void {
  for (const { region, shard, locationHint, colo, country, placement } of changes) {
    const fields: Record<string, LogValue> = { region, shard, locationHint, colo, country };
    log(placement === "elsewhere" ? "warn" : "info", "region-placement", { ...fields, placement });
  }
}
