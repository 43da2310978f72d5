/**
 * Beside the fan-out: asks other services what their checks saw, and adds it to the round's report.
 * It takes a bounded time and holds nothing up: a service that is away has said what it said last,
 * which soon is too old to mean anything.
 */
import { toSeconds } from "../../../shared/clock.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import type { RoundReport, ServiceReport } from "../../../shared/domain/recording.ts";
import { isDue, isSameRound, type Round, stepOf } from "../../../shared/domain/schedule.ts";
import {
  type Opinion,
  opinionOf,
  placeNumber,
  type Sightings,
  type VantageService,
  vantageServices,
} from "../../../shared/domain/vantage-point.ts";
import { log } from "../../../shared/log.ts";
import { redactor } from "../../../shared/redact.ts";
import {
  keepVantageServices,
  readVantageServices,
  type VantageServiceState,
} from "../../../shared/storage/vantage-services.ts";
import { holdSeconds } from "../exporters/failure.ts";
import { serviceAgent } from "../exporters/service-agent.ts";
import { secretsIn } from "../exporters/service-secrets.ts";
import { watchServiceOf } from "../vantage-points/registry.ts";
import type { NotRead, WatchService } from "../vantage-points/watch-service.ts";
import type { TickSurroundings } from "./surroundings.ts";

/** What services said last, by service. */
export type Seen = ReadonlyMap<VantageService, Sightings>;

/** All requests to one service, ms. */
const longestMs = 8_000;

/**
 * Asks every service that monitors of the plan name, unless its limit holds us back; keeps what it
 * says. Never throws: what fails is told as a fault of ours.
 */
export async function askServices(
  surroundings: TickSurroundings,
  plan: Plan,
  minute: number,
): Promise<Seen> {
  const named = vantageServices
    .map((service) => [service, checksOf(plan, service)] as const)
    .filter(([, checks]) => checks.length > 0);
  if (named.length === 0) return new Map();
  const { env } = surroundings;
  try {
    const known = await readVantageServices(env.DB);
    const asked = await Promise.all(
      named.map(([service, checks]) => {
        const before = known.find((state) => state.service === service) ?? neverAsked(service);
        return ask(surroundings, minute, before, checks);
      }),
    );
    const news = asked.flatMap(({ news: state }) => (state === null ? [] : [state]));
    // What could not be kept is asked again; what was said holds for this tick all the same.
    if (news.length > 0) await keepVantageServices(env.DB, news).catch(notKept);
    return new Map(
      asked.flatMap(({ service, said }) => (said === null ? [] : [[service, said] as const])),
    );
  } catch (error) {
    log("error", "vantage-points-not-read", {}, error);
    return new Map();
  }
}

function notKept(error: unknown): void {
  log("error", "vantage-points-not-kept", {}, error);
}

function checksOf({ monitors }: Plan, service: VantageService): string[] {
  const checks = monitors.flatMap(({ vantagePoints = [] }) =>
    vantagePoints.flatMap((point) => (point.service === service ? point.check : [])),
  );
  return [...new Set(checks)];
}

interface Asked {
  readonly service: VantageService;
  readonly said: Sightings | null;
  /** Null: it was not asked, and nothing changed. */
  readonly news: VantageServiceState | null;
}

async function ask(
  surroundings: TickSurroundings,
  minute: number,
  before: VantageServiceState,
  checks: readonly string[],
): Promise<Asked> {
  const { env, clock, recollection } = surroundings;
  const { service, said } = before;
  const watched = watchServiceOf(env, service);
  if (typeof watched === "string") {
    recollection.faults.add(minute, "vantage-point", watched);
    return { service, said, news: null };
  }
  const now = toSeconds(clock.now());
  if (before.heldUntil > now) return { service, said, news: null };
  const reading = await readChecks(surroundings, watched, checks);
  if (reading.kind === "not-read") {
    const words = `${service}: ${reading.reason}: ${reading.detail}`;
    recollection.faults.add(minute, "vantage-point", words);
    const news = failed(before, reading, now);
    return { service, said, news };
  }
  const fresh = { readAt: now, sightings: reading.sightings };
  const heldUntil = reading.pauseSeconds === 0 ? 0 : now + reading.pauseSeconds;
  const news = { ...before, said: fresh, heldUntil, failures: 0, reason: null, detail: null };
  return { service, said: fresh, news };
}

function readChecks(
  { env, clock }: TickSurroundings,
  watched: WatchService,
  checks: readonly string[],
) {
  return watched.read(checks, {
    clock,
    redact: redactor(secretsIn(env)),
    userAgent: serviceAgent(env),
    deadlineMs: clock.now() + longestMs,
  });
}

function failed(before: VantageServiceState, reading: NotRead, now: number): VantageServiceState {
  const { reason, detail } = reading;
  const hold = holdSeconds(reading, before.failures);
  return {
    ...before,
    heldUntil: hold === 0 ? 0 : now + hold,
    failures: before.failures + 1,
    lastFailureAt: now,
    reason,
    detail,
  };
}

function neverAsked(service: VantageService): VantageServiceState {
  return {
    service,
    said: null,
    heldUntil: 0,
    failures: 0,
    lastFailureAt: null,
    reason: null,
    detail: null,
  };
}

/**
 * Adds to what the regions reported of a round what services say of its monitors. A round that no
 * region reports is left as it is: it is to be decided once, when results of it come.
 */
export function addOpinions<C extends { readonly reports: readonly RoundReport[] }>(
  seen: Seen,
  plan: Plan,
  round: Round,
  collected: C,
): C {
  const services = opinionsOf(seen, plan, round);
  if (services.length === 0) return collected;
  const reports = collected.reports.map((report) => {
    const isAsked = isSameRound(report.round, round) && report.regions.length > 0;
    return isAsked ? { ...report, services } : report;
  });
  return { ...collected, reports };
}

function opinionsOf(seen: Seen, { monitors }: Plan, round: Round): ServiceReport[] {
  return [...seen].flatMap(([service, said]): ServiceReport[] => {
    const named = monitors.flatMap((monitor) => {
      const point = monitor.vantagePoints?.find((one) => one.service === service);
      return point !== undefined && stepOf(monitor.schedule) === round.step
        ? [{ monitor, point }]
        : [];
    });
    if (named.length === 0) return [];
    const opinions = new Map<number, Opinion>();
    for (const { monitor, point } of named) {
      if (!isDue(monitor.schedule, round)) continue;
      const opinion = opinionOf(point, said, round.time, monitor.schedule.intervalSeconds);
      if (opinion !== null) opinions.set(monitor.number, opinion);
    }
    return [{ place: placeNumber(service), opinions }];
  });
}
