/**
 * A step of the upkeep: tells services outside (workers/probe/exporters) what the minute before came
 * to. It comes after recording and alerting, takes a bounded time, and what fails of it is a value:
 * the minutes wait for a while and are given up after that, which is counted.
 */

import { toSeconds } from "../../../shared/clock.ts";
import { placesOf } from "../../../shared/domain/inbound.ts";
import { outsideBounds } from "../../../shared/domain/outside-bounds.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import { day } from "../../../shared/domain/rollup.ts";
import { type LogValue, log } from "../../../shared/log.ts";
import {
  type ExportSample,
  minuteSamples,
  presentSamples,
} from "../../../shared/measure/export-samples.ts";
import { redactor } from "../../../shared/redact.ts";
import { readAlertMemory } from "../../../shared/storage/alerting/alert-ledger.ts";
import {
  claimExports,
  type ExportOutcome,
  type ExportState,
  readMinuteResults,
  settleExports,
} from "../../../shared/storage/exports.ts";
import { readMemory } from "../../../shared/storage/ledger.ts";
import { countNotifications } from "../../../shared/storage/scrape.ts";
import type { ServiceContext } from "../exporters/ask-service.ts";
import type { Exporter } from "../exporters/exporter.ts";
import { holdSeconds } from "../exporters/failure.ts";
import { exportersOf } from "../exporters/registry.ts";
import { type SampledMinute, sendMinutes } from "../exporters/send-minutes.ts";
import { serviceAgent } from "../exporters/service-agent.ts";
import { secretsIn } from "../exporters/service-secrets.ts";
import type { TickSurroundings } from "./surroundings.ts";

/** All services together, ms: they are told beside each other. */
const longestMs = 8_000;
/** Longer than that: a tick that dies leaves its services so long. */
const leaseSeconds = 30;
/** Minutes wait for a service that is away for so long, seconds; Datadog takes none older than 1 h. */
const longestWaitSeconds = 30 * 60;
/** Minutes that one tick catches up with. */
const mostMinutes = outsideBounds.exporterMinutes;

/** A service that is told minutes, and which. */
interface Turn {
  readonly exporter: Exporter;
  readonly state: ExportState;
  /** Epoch seconds: minutes from the first to before the second. */
  readonly from: number;
  readonly to: number;
  readonly givenUp: number;
}

/** @throws where the database fails */
export async function exportMetricsStep(
  surroundings: TickSurroundings,
  plan: Plan,
  minute: number,
): Promise<LogValue> {
  const { env, clock, recollection } = surroundings;
  const exporters = exportersThatAreOn(env);
  if (exporters.length === 0 || plan.revision === 0) return null;
  const startedMs = clock.now();
  const names = exporters.map(({ name }) => name);
  const states = await claimExports(env.DB, names, toSeconds(startedMs), leaseSeconds);
  const turns = exporters.flatMap((exporter) => {
    const state = states.find(({ name }) => name === exporter.name);
    return state === undefined ? [] : (turnOf(exporter, state, minute) ?? []);
  });
  if (turns.length === 0) return null;
  const minutes = await sampledMinutes(surroundings, plan, turns, minute);
  const context: ServiceContext = {
    clock,
    redact: redactor(secretsIn(env)),
    userAgent: serviceAgent(env),
    deadlineMs: startedMs + longestMs,
  };
  const outcomes = await Promise.all(
    turns.map(async (turn): Promise<ExportOutcome & { readonly requests: number }> => {
      const own = minutes.filter((one) => one.minute >= turn.from && one.minute < turn.to);
      const done = await sendMinutes(turn.exporter, own, context);
      const { failure } = done;
      if (failure !== null) {
        const words = `${turn.exporter.name}: ${failure.reason}: ${failure.detail}`;
        recollection.faults.add(minute, "exporter", words);
      }
      const stays = done.until === null || done.until < turn.to;
      const hold = failure === null || !stays ? 0 : holdSeconds(failure, turn.state.failures);
      return {
        name: turn.exporter.name,
        until: done.until ?? turn.from,
        sent: done.sent,
        requests: done.requests,
        droppedPoints: done.dropped,
        droppedMinutes: turn.givenUp,
        failure: failure && { reason: failure.reason, detail: failure.detail },
        heldUntil: hold === 0 ? 0 : toSeconds(clock.now()) + hold,
      };
    }),
  );
  await settleExports(env.DB, outcomes, toSeconds(clock.now()));
  return Object.fromEntries(outcomes.map((one) => [one.name, describe(one)]));
}

/** Which minutes a service is told now; null: it knows all. */
function turnOf(exporter: Exporter, state: ExportState, minute: number): Turn | null {
  // What was before there was an exporter is not told.
  const next = state.until ?? minute - 60;
  if (next >= minute) return null;
  const from = Math.max(next, minute - longestWaitSeconds);
  const to = Math.min(minute, from + mostMinutes * 60);
  return { exporter, state, from, to, givenUp: (from - next) / 60 };
}

/** The samples of every minute that some service is told. What is so now belongs to the newest. */
async function sampledMinutes(
  { env, clock, recollection }: TickSurroundings,
  plan: Plan,
  turns: readonly Turn[],
  minute: number,
): Promise<SampledMinute[]> {
  const from = Math.min(...turns.map((turn) => turn.from));
  const to = Math.max(...turns.map((turn) => turn.to));
  const now = toSeconds(clock.now());
  const dayStart = Math.floor(now / day) * day;
  const present: ExportSample[] = [];
  if (to === minute) {
    const { memory } = recollection.memory ?? (await readMemory(env.DB));
    const known = {
      now,
      regions: new Map(placesOf(plan).map((place) => [place.id, place])),
      statuses: memory.statuses,
      lastSpans: memory.coverage,
    };
    const [{ memory: alerting }, notifications] = await Promise.all([
      readAlertMemory(env.DB, now),
      countNotifications(env.DB, dayStart),
    ]);
    present.push(...presentSamples(plan, { known, alerting, notifications, dayStart }));
  }
  const results = await readMinuteResults(env.DB, from, to);
  const byMinute = Map.groupBy(results, ({ time }) => time - (time % 60));
  return Array.from({ length: (to - from) / 60 }, (_, index) => {
    const start = from + index * 60;
    const samples = minuteSamples(plan, start, byMinute.get(start) ?? []);
    return { minute: start, samples: start + 60 === minute ? [...samples, ...present] : samples };
  });
}

const said = new Set<string>();

function exportersThatAreOn(env: object): Exporter[] {
  return exportersOf(env).flatMap((configured) => {
    if (configured.kind === "on") return [configured.exporter];
    if (configured.kind === "broken" && !said.has(configured.because)) {
      said.add(configured.because);
      const { name, because } = configured;
      log("error", "exporter-off", { exporter: name, because });
    }
    return [];
  });
}

function describe(one: ExportOutcome & { readonly requests: number }): LogValue {
  const { sent, requests, droppedPoints, droppedMinutes, failure, heldUntil } = one;
  return {
    ...{ sent, requests },
    ...(droppedPoints > 0 && { droppedPoints }),
    ...(droppedMinutes > 0 && { droppedMinutes }),
    ...(failure !== null && { reason: failure.reason, detail: failure.detail }),
    ...(heldUntil > 0 && { heldUntil }),
  };
}
