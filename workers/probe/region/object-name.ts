import type { Region } from "../../../shared/domain/monitor.ts";

/**
 * The name of a region's object. An object never moves, so its generation is part of its name: a
 * new generation is a new object, made where the location hint says today.
 */
export function objectName(region: Region, shard: number): string {
  return `${region.id}/${shard}/v${region.generation}`;
}
