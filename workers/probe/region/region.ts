import { DurableObject } from "cloudflare:workers";
import { systemClock } from "../../../shared/clock.ts";
import type { BenchmarkPartAnswer } from "../../../shared/contract/benchmark.ts";
import {
  type ConfirmRequest,
  confirmRequestSchema,
  handOver,
  type RoundResults,
  type RunAnswer,
  type RunRequest,
  roundSchema,
  runRequestSchema,
  type Slice,
  sliceSchema,
} from "../../../shared/contract/region.ts";
import type { RegionTranscript } from "../../../shared/contract/transcript.ts";
import { isProbedFrom } from "../../../shared/domain/plan.ts";
import type { Result } from "../../../shared/domain/result.ts";
import type { Round } from "../../../shared/domain/schedule.ts";
import { controlsMs } from "../../../shared/domain/shard.ts";
import { type Env, parseSettings, type Settings } from "../env.ts";
import { reportedCall } from "../reported-call.ts";
import { BenchmarkRuns } from "./benchmark.ts";
import { RoundBuffer } from "./buffer.ts";
import { ControlCheck } from "./controls.ts";
import { findPlace, type Place } from "./place.ts";
import { probeNow } from "./probe-now.ts";
import { runRound } from "./run-round.ts";
import { probeSurroundings } from "./surroundings.ts";

const roundsSchema = roundSchema.array();

/** An object never moves, but what Cloudflare calls its data centre may change. */
const placeValidMs = 3_600_000;

/** One region's shard: probes its slice of the plan from where it stands, and keeps the results. */
export class Region extends DurableObject<Env> {
  readonly #buffer: RoundBuffer;
  readonly #settings: Settings;
  readonly #benchmarks = new BenchmarkRuns();
  readonly #running = new Map<string, Promise<RoundResults>>();
  /** By round: done when every confirmation asked for so far is. */
  readonly #confirming = new Map<string, Promise<void>>();
  #slice: Slice | null;
  #place: Place | null = null;
  #placeAskedAt = Number.NEGATIVE_INFINITY;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#settings = parseSettings(env);
    this.#buffer = new RoundBuffer(state.storage.sql);
    // A slice that another version wrote is asked for again.
    this.#slice = sliceSchema.safeParse(state.storage.kv.get<unknown>("slice")).data ?? null;
  }

  /**
   * Probes what is due in a round, once, however often it is asked, and hands over what waits.
   *
   * @param input a RunRequest
   * @returns a RunAnswer; `slice-needed` where this object has another revision of the plan
   */
  run(input: unknown, caller?: unknown): Promise<RunAnswer> {
    return this.#reported("run", caller, () => this.#run(input));
  }

  async #run(input: unknown): Promise<RunAnswer> {
    const request = runRequestSchema.parse(input);
    if (request.slice !== null) this.#take(request.slice);
    const slice = this.#slice;
    if (slice === null || slice.revision !== request.revision) return { kind: "slice-needed" };
    const asked = await this.#once(slice, request);
    const overdue = this.#buffer.overdue(request.overdueBefore, request.mostOverdue + 1);
    const state = {
      colo: this.#place?.colo ?? null,
      country: this.#place?.country ?? null,
      droppedRounds: this.#buffer.dropped,
    };
    // What was asked for comes also while more waits: a failure in it is to be confirmed now.
    const rounds = overdue.slice(0, request.mostOverdue);
    if (asked !== null) rounds.push(asked);
    const more = overdue.length > request.mostOverdue;
    const handed = request.readsPlain ? rounds.map(handOver) : rounds;
    return { kind: "reported", rounds: handed, more, state };
  }

  /**
   * Probes monitors in a round that was not this region's turn, to confirm what another saw.
   *
   * @param input a ConfirmRequest
   * @returns results of the monitors asked for; each is probed once, however often it is asked. One
   *   that could not be probed any more has none: its region was not asked, and owes nothing
   */
  confirm(input: unknown, caller?: unknown): Promise<RoundResults> {
    return this.#reported("confirm", caller, () => this.#confirmInTurn(input));
  }

  async #confirmInTurn(input: unknown): Promise<RoundResults> {
    const request = confirmRequestSchema.parse(input);
    const key = keyOf(request.round);
    // Ticks that overlap ask for the same: what the first has probed, the second finds.
    const before = this.#confirming.get(key) ?? Promise.resolve();
    const confirmed = before.then(() => this.#confirm(request));
    const settled = confirmed.then(
      () => {},
      () => {},
    );
    this.#confirming.set(key, settled);
    try {
      return await confirmed;
    } finally {
      if (this.#confirming.get(key) === settled) this.#confirming.delete(key);
    }
  }

  /**
   * Probes a monitor now, outside of any round, and tells how it went; nothing is kept of it.
   *
   * @param input a region's id and the monitor to probe
   */
  probeNow(input: unknown, caller?: unknown): Promise<RegionTranscript> {
    return this.#reported("probeNow", caller, () => probeNow(input, this.env));
  }

  /**
   * Runs a part of a benchmark; nothing is kept of it.
   *
   * @param input a BenchmarkPart
   */
  benchmark(input: unknown, caller?: unknown): Promise<BenchmarkPartAnswer> {
    return this.#reported("benchmark", caller, () => this.#benchmarks.runPart(input, this.env));
  }

  /** Lets go of rounds that the database has. */
  acknowledge(input: unknown, caller?: unknown): Promise<void> {
    return this.#reported("acknowledge", caller, () => {
      this.#buffer.forget(roundsSchema.parse(input));
    });
  }

  #reported<T>(call: string, caller: unknown, action: () => T | Promise<T>): Promise<T> {
    const callee = {
      env: this.env,
      waitUntil: (done: Promise<unknown>) => this.ctx.waitUntil(done),
      region: this.#slice?.region,
    };
    return reportedCall(callee, call, caller, action);
  }

  async #confirm({ round, monitors, budgetMs }: ConfirmRequest): Promise<RoundResults> {
    const before = this.#buffer.find(round)?.results ?? [];
    const known = new Set(before.map(({ monitor }) => monitor));
    const wanted = this.#slice?.monitors.filter(
      ({ number }) => monitors.includes(number) && !known.has(number),
    );
    const results = await this.#probe(wanted ?? [], round, budgetMs);
    const kept = this.#buffer.keep({ round, results: results.filter(hasRun) });
    return { round, results: kept.results.filter(({ monitor }) => monitors.includes(monitor)) };
  }

  #take(slice: Slice): void {
    this.#slice = slice;
    this.ctx.storage.kv.put("slice", slice);
  }

  /** Finds out in passing where it runs: a round does not wait for that. */
  async #lookAround(): Promise<void> {
    const now = systemClock.now();
    const { TRACE_URL } = this.#settings;
    if (TRACE_URL === undefined || now - this.#placeAskedAt < placeValidMs) return;
    this.#placeAskedAt = now;
    const finding = findPlace(TRACE_URL);
    this.ctx.waitUntil(finding);
    this.#place = (await finding) ?? this.#place;
  }

  /** The round's results; null where it was run and recorded before. */
  async #once(slice: Slice, { round, budgetMs }: RunRequest): Promise<RoundResults | null> {
    const key = keyOf(round);
    const running = this.#running.get(key);
    if (running) return running;
    const waiting = this.#buffer.find(round);
    if (waiting !== null) return waiting;
    if (this.#buffer.hasRun(round)) return null;
    const run = this.#runRound(slice, round, budgetMs);
    this.#running.set(key, run);
    try {
      return await run;
    } finally {
      this.#running.delete(key);
    }
  }

  async #runRound(slice: Slice, round: Round, budgetMs: number): Promise<RoundResults> {
    const due = slice.monitors.filter((monitor) => isProbedFrom(monitor, slice.region, round));
    return this.#buffer.keep({ round, results: await this.#probe(due, round, budgetMs) });
  }

  #probe(monitors: Slice["monitors"], { step }: Round, budgetMs: number): Promise<Result[]> {
    const surroundings = probeSurroundings(this.#slice?.region ?? "", this.env);
    return runRound(monitors, budgetMs, surroundings, {
      controls: new ControlCheck(
        this.#slice?.controls ?? [],
        controlsMs[step],
        surroundings.userAgent,
      ),
      lookAround: () => this.#lookAround(),
    });
  }
}

function keyOf({ time, step }: Round): string {
  return `${time}/${step}`;
}

function hasRun({ outcome }: Result): boolean {
  return outcome.outcome !== "unknown" || outcome.reason !== "not-run";
}
