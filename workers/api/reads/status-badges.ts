/** What the badges of a monitor say. */
import { z } from "zod";
import type { Badge } from "../../../shared/badge-svg.ts";
import { percentiles } from "../../../shared/domain/distribution.ts";
import { placesOf } from "../../../shared/domain/inbound.ts";
import type { Monitor } from "../../../shared/domain/monitor.ts";
import { presentOverall } from "../../../shared/domain/present-status.ts";
import { mergeRollups } from "../../../shared/domain/rollup.ts";
import type { Status } from "../../../shared/domain/status.ts";
import { readDailyAvailability } from "../../../shared/measure/daily-availability.ts";
import { readPresent } from "../../../shared/measure/material.ts";
import { toPercent } from "../../../shared/measure/measured.ts";
import { readRollupsOf } from "../../../shared/measure/rollups-of-window.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { fromDatabase } from "./from-database.ts";
import { goesStaleAt, readSnapshot } from "./snapshot.ts";
import { isPublic } from "./status-incidents.ts";

const secondsPerDay = 86_400;
/** From where on a response is slow, and too slow, ms: as people are warned by default. */
const slowMs = { warning: 1_000, critical: 2_000 };
/** Below its target, but not by much. */
const nearTarget = 0.99;

/** A badge as it is kept: what is asked for with it, as another label, is no part of it. */
export const keptBadgeSchema = z.object({
  name: z.string(),
  value: z.string(),
  colour: z.enum(["green", "yellow", "red", "grey"]),
  /** Up to when it is known, epoch seconds; null: nothing is. */
  asOf: z.number().nullable(),
});

export type KeptBadge = z.infer<typeof keptBadgeSchema>;

/** A badge, and when time alone makes it another one, epoch seconds. */
export interface MadeBadge {
  readonly badge: KeptBadge;
  readonly until: number;
}

/** What days come to changes slowly, and is measured anew this often whatever was recorded. */
const measuredSeconds = 300;

export const notFoundBadge: Badge = { label: "monitor", value: "not found", colour: "grey" };

const colours: Readonly<Record<Status, Badge["colour"]>> = {
  up: "green",
  degraded: "yellow",
  down: "red",
  unknown: "grey",
};

const noData = { value: "no data", colour: "grey" } as const;

/** A monitor's present status; null where the page shows no such monitor, as of all of these. */
export async function statusBadge(
  db: D1Database,
  id: string,
  now: number,
): Promise<MadeBadge | null> {
  const snapshot = await readSnapshot(db, now);
  const monitor = find(snapshot.plan.monitors, id);
  if (monitor === null) return null;
  const { status } = presentOverall(snapshot, monitor);
  const { asOf } = snapshot.freshness;
  const badge = { name: monitor.name, value: status, colour: colours[status], asOf };
  return { badge, until: Math.min(goesStaleAt(snapshot), now + secondsPerDay) };
}

/** A monitor's availability over the last days, today included. */
export async function uptimeBadge(
  db: D1Database,
  id: string,
  days: number,
  now: number,
): Promise<MadeBadge | null> {
  const present = await fromDatabase(readPresent(db, now));
  const monitor = find(present.plan.monitors, id);
  if (monitor === null) return null;
  const measured = await fromDatabase(readDailyAvailability(db, present, [monitor], days));
  const availability = measured.get(monitor.number)?.whole.availability ?? null;
  if (availability === null) return measuredBadge(monitor, noData, now);
  const isNear = availability >= nearTarget;
  const colour = availability >= monitor.sloTarget ? "green" : isNear ? "yellow" : "red";
  return measuredBadge(monitor, { value: `${toPercent(availability)} %`, colour }, now);
}

/** The 95th percentile of a monitor's response times over the last days, from rollups. */
export async function responseTimeBadge(
  db: D1Database,
  id: string,
  days: number,
  now: number,
): Promise<MadeBadge | null> {
  const plan = await fromDatabase(readPlan(db));
  const monitor = find(plan.monitors, id);
  if (monitor === null) return null;
  const regions = placesOf(plan)
    .filter((place) => monitor.regions.includes(place.id))
    .map(({ number }) => number);
  const window = { from: now - days * secondsPerDay, to: now };
  const rollups = await fromDatabase(readRollupsOf(db, [monitor], regions, window));
  const { latency } = mergeRollups([...rollups.values()]);
  const [p95 = null] = percentiles(latency, [0.95]);
  if (p95 === null) return measuredBadge(monitor, noData, now);
  const colour = p95 >= slowMs.critical ? "red" : p95 >= slowMs.warning ? "yellow" : "green";
  return measuredBadge(monitor, { value: `p95 ${Math.round(p95)} ms`, colour }, now);
}

function measuredBadge(
  { name }: Monitor,
  measured: Pick<Badge, "value" | "colour">,
  now: number,
): MadeBadge {
  return { badge: { name, ...measured, asOf: now }, until: now + measuredSeconds };
}

function find(monitors: readonly Monitor[], id: string): Monitor | null {
  return monitors.find((monitor) => monitor.id === id && isPublic(monitor)) ?? null;
}
