/**
 * Between fan-out and recording: judges NetPost's jobs by their pings, and reports them as seen at
 * the door where they call in. The door covers a round only if pings could be taken then, that is,
 * if the database answered and, where its address is known, the api Worker did.
 */
import { nextCronTime } from "../../../shared/cron.ts";
import {
  assess,
  gapsBetween,
  type Heartbeat,
  noPings,
  outcomeOf,
} from "../../../shared/domain/heartbeat.ts";
import { inbound } from "../../../shared/domain/inbound.ts";
import { dueIn, type Plan } from "../../../shared/domain/plan.ts";
import type { RoundReport } from "../../../shared/domain/recording.ts";
import type { Result } from "../../../shared/domain/result.ts";
import type { Round } from "../../../shared/domain/schedule.ts";
import { log } from "../../../shared/log.ts";
import { readDoorSpans, readPings } from "../../../shared/storage/heartbeats.ts";
import { parseSettings } from "../env.ts";
import type { TickSurroundings } from "./surroundings.ts";

/** How long the api Worker may take to say that it takes pings, ms. */
const patienceMs = 3_000;

interface Expected extends Heartbeat {
  /** The monitor's number. */
  readonly monitor: number;
}

/**
 * Adds to what the regions reported what the jobs did. A round that no region reports is left as it
 * is: it is to be decided once, when results of it come.
 */
export async function addHeartbeats<C extends { readonly reports: readonly RoundReport[] }>(
  surroundings: TickSurroundings,
  plan: Plan,
  round: Round,
  collected: C,
): Promise<C> {
  const isPresent = (report: RoundReport) =>
    report.round.time === round.time && report.round.step === round.step;
  const isReported = collected.reports.some(
    (report) => isPresent(report) && report.regions.length > 0,
  );
  const monitors = dueIn(plan, round).filter(({ probe }) => probe.kind === "heartbeat");
  if (!isReported || monitors.length === 0) return collected;
  try {
    await knockAtDoor(surroundings);
    const results = await judge(surroundings, plan, round);
    const reports = collected.reports.map((report) => {
      if (!isPresent(report)) return report;
      return { ...report, regions: [...report.regions, { region: inbound.number, results }] };
    });
    return { ...collected, reports };
  } catch (error) {
    // No coverage for the door: what is missed while it lasts may be our fault.
    log("error", "heartbeats-not-judged", { time: round.time }, error);
    return collected;
  }
}

async function judge({ env }: TickSurroundings, plan: Plan, round: Round): Promise<Result[]> {
  const now = round.time;
  const monitors = dueIn(plan, round).filter(({ addedAt }) => addedAt <= now);
  const pings = await readPings(
    env.DB,
    monitors.flatMap(({ number, probe }) => (probe.kind === "heartbeat" ? [number] : [])),
  );
  const expected = monitors.flatMap(({ number, probe, addedAt }): Expected[] => {
    if (probe.kind !== "heartbeat") return [];
    return [{ monitor: number, probe, addedAt, pings: pings.get(number) ?? noPings }];
  });
  const failing = expected.filter(
    (one) => outcomeOf(assess(one, [], now, nextCronTime), one.probe)?.outcome === "down",
  );
  // Only a job that looks down asks when pings could not be taken.
  const since = Math.min(...failing.map(lastSign));
  const covered = failing.length === 0 ? [] : await readDoorSpans(env.DB, since);
  const gaps = gapsBetween(covered, round.step, now);
  return expected.flatMap((one) => {
    const outcome = outcomeOf(assess(one, gaps, now, nextCronTime), one.probe);
    if (outcome === null) return [];
    return [{ monitor: one.monitor, outcome, latencyMs: null, attempts: 0 }];
  });
}

/** From when on a ping of the job may have been lost, epoch seconds. */
function lastSign({ addedAt, pings }: Heartbeat): number {
  const finish = Math.max(pings.succeededAt ?? 0, pings.failedAt ?? 0);
  return Math.max(addedAt, Math.min(finish, pings.runningSince ?? finish));
}

/** Throws where the api Worker's address is known and it does not take pings. */
async function knockAtDoor({ env }: TickSurroundings): Promise<void> {
  const { API_URL } = parseSettings(env);
  if (API_URL === undefined) return;
  const response = await fetch(new URL("/api/ping", API_URL), {
    redirect: "manual",
    cache: "no-store",
    signal: AbortSignal.timeout(patienceMs),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the api Worker takes no pings: status ${response.status}`);
}
