import type { Clock } from "../../shared/clock.ts";
import { ErrorReports } from "../../shared/error-reports/error-reports.ts";
import type { Measurement } from "../../shared/error-reports/sentry.ts";
import { log } from "../../shared/log.ts";
import { tickId } from "../../shared/log-ids.ts";
import { parseSettings } from "./env.ts";
import { isRecorded } from "./tick/dead-man.ts";
import { logTick } from "./tick/log-tick.ts";
import type { TickSurroundings } from "./tick/surroundings.ts";
import { type TickOutcome, tick } from "./tick/tick.ts";

/** What lets a tick's reports go on after it. */
export type Lifetime = Pick<ExecutionContext, "waitUntil">;

/**
 * Runs a tick, tells the log how it went, and Sentry what of ours went wrong, how long it took and,
 * as a cron check-in, that it came. A check-in is `ok` where the minute was recorded: as for the
 * watch outside, a region that fails is an error of its own and not a tick that did not come.
 *
 * @param minute epoch seconds, a multiple of 60
 * @throws what keeps a tick from running at all: malformed settings
 */
export async function reportedTick(
  surroundings: TickSurroundings,
  lifetime: Lifetime,
  minute: number,
): Promise<void> {
  const { env, clock } = surroundings;
  const reports = new ErrorReports({
    worker: "probe",
    env,
    clock,
    ids: { tick: tickId(minute) },
    waitUntil: (promise) => lifetime.waitUntil(promise),
  });
  await reports.within(async () => {
    const startedAt = clock.now();
    const checkIn = reports.checkIn("in_progress");
    let ok = false;
    try {
      parseSettings(env);
      const outcome = await tick(surroundings, minute);
      logTick(outcome, clock.now() - startedAt);
      ok = outcome.plan.kind !== "none" && outcome.rounds.every(isRecorded);
      reports.measured(measurementOf(outcome, startedAt, clock, ok));
    } catch (error) {
      log("error", "tick-failed", { minute }, error);
      throw error;
    } finally {
      reports.checkIn(ok ? "ok" : "error", checkIn, clock.now() - startedAt);
      reports.send();
    }
  });
}

function measurementOf(
  { rounds, upkeep, plan }: TickOutcome,
  startedAtMs: number,
  clock: Clock,
  ok: boolean,
): Measurement {
  const recorded = rounds.flatMap((round) =>
    round.kind === "run" && round.recorded.kind === "recorded" ? [round.recorded] : [],
  );
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  return {
    name: "tick",
    op: "cron.tick",
    startedAtMs,
    durationMs: clock.now() - startedAtMs,
    ok,
    tags: { plan: plan.kind },
    numbers: {
      rounds: rounds.length,
      results: sum(recorded.map(({ newResults }) => newResults)),
      rows_read: sum(recorded.map(({ rows }) => rows.read)),
      rows_written: sum(recorded.map(({ rows }) => rows.written)),
      ...(upkeep !== null && { upkeepMs: upkeep.durationMs }),
    },
  };
}
