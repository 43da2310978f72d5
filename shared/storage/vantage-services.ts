/** What services outside said of their checks, and how asking them fares. */
import { z } from "zod";
import {
  type Sightings,
  sightingStatuses,
  type VantageService,
  vantageServices,
} from "../domain/vantage-point.ts";
import { jsonText } from "./json-column.ts";

/** How asking one service fares. Epoch seconds. */
export interface VantageServiceState {
  readonly service: VantageService;
  /** What it said last, however long ago; null: it never answered. */
  readonly said: Sightings | null;
  /** It is not asked before. */
  readonly heldUntil: number;
  /** In a row. */
  readonly failures: number;
  readonly lastFailureAt: number | null;
  /** Of the last failure, where the last answer was one. */
  readonly reason: string | null;
  readonly detail: string | null;
}

const sightingSchema = z.object({
  check: z.string(),
  status: z.enum(sightingStatuses),
  testedAt: z.int().nullable(),
  intervalSeconds: z.int(),
  latencyMs: z.int().nullable(),
});

const row = z
  .object({
    service: z.enum(vantageServices),
    read_at: z.int().nullable(),
    held_until: z.int(),
    failures: z.int(),
    last_failure_at: z.int().nullable(),
    reason: z.string().nullable(),
    detail: z.string().nullable(),
    sightings: jsonText(z.array(sightingSchema)),
  })
  .transform(
    ({ read_at, held_until, last_failure_at, sightings, ...rest }): VantageServiceState => ({
      ...rest,
      said: read_at === null ? null : { readAt: read_at, sightings },
      heldUntil: held_until,
      lastFailureAt: last_failure_at,
    }),
  );

/** Reads how asking every service fares: a row for each that was ever asked. */
export async function readVantageServices(db: D1Database): Promise<VantageServiceState[]> {
  const { results } = await db
    .prepare(
      `SELECT service, read_at, held_until, failures, last_failure_at, reason, detail, sightings
       FROM vantage_services ORDER BY service`,
    )
    .all();
  return z.array(row).parse(results);
}

/** Keeps how asking services fared: a row written for each. */
export async function keepVantageServices(
  db: D1Database,
  states: readonly VantageServiceState[],
): Promise<void> {
  const keep = db.prepare(
    `INSERT INTO vantage_services
       (service, read_at, held_until, failures, last_failure_at, reason, detail, sightings)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
     ON CONFLICT (service) DO UPDATE SET read_at = ?2, held_until = ?3, failures = ?4,
       last_failure_at = ?5, reason = ?6, detail = ?7, sightings = ?8`,
  );
  await db.batch(
    states.map(({ service, said, heldUntil, failures, lastFailureAt, reason, detail }) =>
      keep.bind(
        service,
        said?.readAt ?? null,
        heldUntil,
        failures,
        lastFailureAt,
        reason,
        detail,
        JSON.stringify(said?.sightings ?? []),
      ),
    ),
  );
}
