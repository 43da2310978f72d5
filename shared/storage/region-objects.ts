import { z } from "zod";

/** How a region's object fares. */
export interface RegionObjectState {
  /** The region's number. */
  readonly region: number;
  readonly shard: number;
  readonly colo: string | null;
  readonly country: string | null;
  readonly droppedRounds: number;
}

/** The same, as kept: since when it is so, epoch seconds. */
export interface StoredRegionObject extends RegionObjectState {
  readonly since: number;
}

/** Keeps states that differ from what is kept; the others write no row. */
export function keepRegionObjects(
  db: D1Database,
  states: readonly RegionObjectState[],
  now: number,
): D1PreparedStatement {
  const rows = states.map(({ region, shard, colo, country, droppedRounds }) => {
    return [region, shard, colo, country, droppedRounds];
  });
  return db
    .prepare(
      `INSERT INTO region_objects (region, shard, colo, country, dropped_rounds, since)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, ?2
       FROM json_each(?1) WHERE true
       ON CONFLICT (region, shard) DO UPDATE SET colo = excluded.colo, country = excluded.country,
         dropped_rounds = excluded.dropped_rounds, since = excluded.since
       WHERE (colo, country, dropped_rounds)
         IS NOT (excluded.colo, excluded.country, excluded.dropped_rounds)`,
    )
    .bind(JSON.stringify(rows), now);
}

const rowSchema = z
  .object({
    region: z.int(),
    shard: z.int(),
    colo: z.string().nullable(),
    country: z.string().nullable(),
    dropped_rounds: z.int(),
    since: z.int(),
  })
  .transform(
    ({ dropped_rounds, ...row }): StoredRegionObject => ({ ...row, droppedRounds: dropped_rounds }),
  );

/** Reads how all objects fare: as many rows as there are objects. */
export async function readRegionObjects(db: D1Database): Promise<StoredRegionObject[]> {
  const { results } = await db
    .prepare(
      `SELECT region, shard, colo, country, dropped_rounds, since FROM region_objects
       ORDER BY region, shard`,
    )
    .all();
  return z.array(rowSchema).parse(results);
}
