/**
 * What recording rounds amounts to: the one place where results become status. A pure fold over
 * rounds in order of time; run on the same memory it gives the same answer, and the database takes
 * the answer only if that memory is still the present one (law 3).
 */
import { decide, type Report, type Verdict } from "./consensus.ts";
import { type CoverageChange, type CoverageSpan, cover, frontier } from "./coverage.ts";
import { decideOutage, type LatestOutage } from "./decide-outage.ts";
import { type Place, placesOf } from "./inbound.ts";
import type { Failure, Monitor, RegionId } from "./monitor.ts";
import { dueIn, isProbedFrom, type Plan } from "./plan.ts";
import type { Outcome, Result } from "./result.ts";
import type { Round } from "./schedule.ts";
import { advance, initialState, type Status, type StatusState, type Transition } from "./status.ts";
import { type Opinion, placeNumber } from "./vantage-point.ts";

/** The scope of a status: a region's number, or this for the verdict over all regions. */
export const overall = 0;

/** What one region reported of one round. A region that reported nothing is not in the list. */
export interface RegionReport {
  /** The region's number. */
  readonly region: number;
  readonly results: readonly Result[];
}

/** What is known of one round. */
export interface RoundReport {
  readonly round: Round;
  readonly regions: readonly RegionReport[];
  /** What services outside say beside them. A service that was not read is not in the list. */
  readonly services?: readonly ServiceReport[];
}

/** What one service outside says at a round: opinions by the numbers of monitors, never results. */
export interface ServiceReport {
  /** The number of its place. */
  readonly place: number;
  readonly opinions: ReadonlyMap<number, Opinion>;
}

/** Why a status is what it is. */
export interface Cause extends Failure {
  readonly regions: readonly RegionId[];
  /** Some regions fail, too few to call the target down. */
  readonly regional: boolean;
}

export interface ScopedStatus extends StatusState {
  readonly monitor: number;
  readonly scope: number;
  /** Of the present status, never null where it is degraded or down; of the last known, if unknown. */
  readonly cause: Cause | null;
  /** The monitor's latest; null in a region's own scope. */
  readonly outage: LatestOutage | null;
}

export interface ScopedTransition extends Transition {
  readonly monitor: number;
  readonly scope: number;
  readonly cause: Cause | null;
}

export interface RecordedResult extends Result {
  /** The round's time, epoch seconds. */
  readonly time: number;
  /** The region's number. */
  readonly region: number;
}

/** An outage that begins, is taken up again, or ends. */
export interface OutageChange {
  readonly change: "open" | "reopen" | "close";
  readonly monitor: number;
  readonly outage: LatestOutage;
  readonly cause: Cause | null;
}

/** All that is remembered between two rounds. */
export interface Memory {
  readonly statuses: ReadonlyMap<string, ScopedStatus>;
  /** The last span of each region and step. */
  readonly coverage: readonly CoverageSpan[];
}

/** What has to be written, and what is remembered afterwards. */
export interface Recording {
  readonly results: readonly RecordedResult[];
  readonly coverage: readonly CoverageChange[];
  readonly statuses: readonly ScopedStatus[];
  readonly transitions: readonly ScopedTransition[];
  /** In order: one recording may close an outage and take it up again. */
  readonly outages: readonly OutageChange[];
  /** Rounds that came after a later one was decided: kept as results, without a say. */
  readonly late: readonly Round[];
  readonly memory: Memory;
}

/** The key of a status in the memory. */
export function statusKey(monitor: number, scope: number): string {
  return `${monitor}/${scope}`;
}

/**
 * Folds rounds into the memory, in order of time whatever the order given.
 *
 * A round before the frontier was decided already, or was overtaken; only its results are kept, so
 * that a verdict once given (and acted upon) stands. A region without a report gets no verdict for
 * the round: the gap in its coverage says that we were not looking.
 */
export function decideRecording(
  plan: Plan,
  memory: Memory,
  reports: readonly RoundReport[],
): Recording {
  const fold = new Fold(plan, memory);
  const inOrder = [...reports].sort((a, b) => a.round.time - b.round.time);
  for (const report of inOrder) fold.take(report);
  return fold.recording();
}

class Fold {
  readonly #plan: Plan;
  readonly #regions: ReadonlyMap<RegionId, Place>;
  readonly #statuses: Map<string, ScopedStatus>;
  #coverage: CoverageSpan[];
  readonly #results: RecordedResult[] = [];
  readonly #changedStatuses = new Map<string, ScopedStatus>();
  readonly #changedCoverage = new Map<string, CoverageChange>();
  readonly #transitions: ScopedTransition[] = [];
  readonly #outages: OutageChange[] = [];
  readonly #late: Round[] = [];

  constructor(plan: Plan, memory: Memory) {
    this.#plan = plan;
    this.#regions = new Map(placesOf(plan).map((place) => [place.id, place]));
    this.#statuses = new Map(memory.statuses);
    this.#coverage = [...memory.coverage];
  }

  take({ round, regions, services = [] }: RoundReport): void {
    for (const { region, results } of regions) {
      for (const result of results) this.#results.push({ ...result, time: round.time, region });
    }
    if (round.time < frontier(this.#coverage, round.step)) {
      this.#late.push(round);
      return;
    }
    const reported = new Map(
      regions.map(({ region, results }) => [
        region,
        new Map(results.map((result) => [result.monitor, result.outcome])),
      ]),
    );
    for (const monitor of dueIn(this.#plan, round)) {
      if (monitor.addedAt <= round.time) this.#judge(monitor, round, reported, services);
    }
    for (const region of reported.keys()) this.#cover(region, round);
    for (const { place } of services) this.#cover(place, round);
  }

  recording(): Recording {
    return {
      results: this.#results,
      coverage: [...this.#changedCoverage.values()],
      statuses: [...this.#changedStatuses.values()],
      transitions: this.#transitions,
      outages: this.#outages,
      late: this.#late,
      memory: {
        statuses: this.#statuses,
        coverage: this.#coverage,
      },
    };
  }

  #judge(
    monitor: Monitor,
    round: Round,
    reported: ReadonlyMap<number, Map<number, Outcome>>,
    services: readonly ServiceReport[],
  ) {
    const { time } = round;
    const reports: Report[] = [];
    for (const id of monitor.regions) {
      const region = this.#regions.get(id);
      const outcomes = region && reported.get(region.number);
      if (!region || !outcomes) continue;
      // Who was not asked under round-robin owes no result.
      const owed = isProbedFrom(monitor, id, round) ? notRun : null;
      const outcome = outcomes.get(monitor.number) ?? owed;
      if (outcome === null) continue;
      reports.push({ region: id, outcome });
      this.#advance(monitor, region.number, outcome.outcome, time, causeOf(id, outcome));
    }
    const votes = this.#look(monitor, time, services);
    // What others saw decides nothing by itself: a check takes place where a region of ours reports.
    if (reports.length === 0 || isUnconfirmed(monitor, reports)) return;
    const verdict = decide(monitor.verdict.quorum, [...reports, ...votes]);
    this.#advance(monitor, overall, verdict.verdict, time, causeOfVerdict(verdict));
  }

  /** Advances the status at each vantage point; gives the reports of those that vote. */
  #look(monitor: Monitor, time: number, services: readonly ServiceReport[]): Report[] {
    if (services.length === 0) return [];
    return (monitor.vantagePoints ?? []).flatMap(({ service }): Report[] => {
      const place = placeNumber(service);
      const opinion = services.find((one) => one.place === place)?.opinions.get(monitor.number);
      if (opinion === undefined) return [];
      const { outcome, votes } = opinion;
      this.#advance(monitor, place, outcome.outcome, time, causeOf(service, outcome));
      return votes ? [{ region: service, outcome }] : [];
    });
  }

  #advance(
    monitor: Monitor,
    scope: number,
    verdict: Status,
    time: number,
    seen: Cause | null,
  ): void {
    const key = statusKey(monitor.number, scope);
    const before = this.#statuses.get(key) ?? unseen(monitor.number, scope, time);
    const { state, transition } = advance(before, verdict, time, monitor.verdict);
    const cause = transition
      ? causeOfChange(transition, seen, before.cause)
      : causeThatStays(before, verdict, seen, isReviewed(monitor, time));
    if (state === before && cause === before.cause) return;
    const common = { monitor: monitor.number, scope };
    const after: ScopedStatus = {
      ...state,
      ...common,
      cause,
      outage: transition
        ? this.#outageAfter(before, { ...transition, ...common, cause })
        : before.outage,
    };
    this.#statuses.set(key, after);
    this.#changedStatuses.set(key, after);
    if (transition === null) return;
    const ofChange = transition.to === "unknown" ? null : cause;
    this.#transitions.push({ ...transition, ...common, cause: ofChange });
  }

  #outageAfter(before: ScopedStatus, transition: ScopedTransition): LatestOutage | null {
    if (transition.scope !== overall) return null;
    const decided = decideOutage(transition, before.outage);
    if (decided.decision === "none") return before.outage;
    const { monitor, cause } = transition;
    const { decision: change, outage } = decided;
    this.#outages.push({ change, monitor, outage, cause });
    return outage;
  }

  #cover(region: number, round: Round): void {
    const isSame = (span: CoverageSpan) => span.region === region && span.step === round.step;
    const change = cover(this.#coverage.find(isSame) ?? null, region, round);
    if (change.kind === "none") return;
    this.#coverage = [...this.#coverage.filter((span) => !isSame(span)), change.span];
    const { step, from } = change.span;
    const key = `${region}/${step}/${from}`;
    // A span begun in this very fold stays a beginning, however far it is extended.
    const begun = this.#changedCoverage.get(key)?.kind === "begin";
    this.#changedCoverage.set(key, begun ? { kind: "begin", span: change.span } : change);
  }
}

const notRun: Outcome = { outcome: "unknown", reason: "not-run", detail: "no result reported" };

/** Under round-robin a single region's failure is a question to the others, not yet an answer. */
function isUnconfirmed(monitor: Monitor, reports: readonly Report[]): boolean {
  if (monitor.mode === "parallel" || monitor.regions.length === 1) return false;
  return reports.length === 1 && reports[0]?.outcome.outcome !== "up";
}

function unseen(monitor: number, scope: number, time: number): ScopedStatus {
  return { ...initialState(time), monitor, scope, cause: null, outage: null };
}

/** How often the cause of a status that stays is looked at again, seconds. */
const reviewSeconds = 300;

/**
 * Whether a check is the one in five minutes at which a lasting status may take another cause. A
 * target that fails each time for another reason writes no more often than that; and as time alone
 * decides, nothing has to be remembered for it.
 */
function isReviewed({ schedule }: Monitor, time: number): boolean {
  const slotOf = (at: number) => Math.floor(at / reviewSeconds);
  return slotOf(time) !== slotOf(time - schedule.intervalSeconds);
}

/**
 * Where several successes are needed, an up check can complete the way from down to degraded; what
 * was wrong then is what was wrong last. While unknown it is kept, for what comes after.
 */
function causeOfChange({ to }: Transition, seen: Cause | null, last: Cause | null): Cause | null {
  return to === "up" ? null : (seen ?? last);
}

/** What is true of a status now, where a check confirms it for another reason or in other regions. */
function causeThatStays(
  { status, cause }: ScopedStatus,
  verdict: Status,
  seen: Cause | null,
  reviewed: boolean,
): Cause | null {
  if (verdict !== status || seen === null) return cause;
  if (cause === null) return seen;
  return reviewed && !isSameCause(cause, seen) ? seen : cause;
}

/** The detail does not count: it quotes times and texts that differ from check to check. */
function isSameCause(a: Cause, b: Cause): boolean {
  const isSame = a.reason === b.reason && a.regional === b.regional;
  return isSame && a.regions.join() === b.regions.join();
}

function causeOf(region: RegionId, outcome: Outcome): Cause | null {
  if (outcome.outcome !== "down" && outcome.outcome !== "degraded") return null;
  const { reason, detail } = outcome;
  return { reason, detail, regions: [region], regional: false };
}

function causeOfVerdict(verdict: Verdict): Cause | null {
  if (verdict.verdict !== "down" && verdict.verdict !== "degraded") return null;
  const regional = verdict.verdict === "degraded" && verdict.scope === "regional";
  return { ...verdict.failure, regions: verdict.regions, regional };
}
