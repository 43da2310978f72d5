import { DurableObject } from "cloudflare:workers";
import { systemClock } from "../../../shared/clock.ts";
import {
  confirmRequestSchema,
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
import { type Env, parseSettings, type Settings } from "../env.ts";
import { RoundBuffer } from "./buffer.ts";
import { ControlCheck } from "./controls.ts";
import { findPlace, type Place } from "./place.ts";
import { probeNow } from "./probe-now.ts";
import { runRound } from "./run-round.ts";
import { probeSurroundings } from "./surroundings.ts";

/** An object never moves, but what Cloudflare calls its data centre may change. */
const placeValidMs = 3_600_000;

/** One region's shard: probes its slice of the plan from where it stands, and keeps the results. */
export class Region extends DurableObject<Env> {
  readonly #buffer: RoundBuffer;
  readonly #settings: Settings;
  readonly #running = new Map<string, Promise<RoundResults>>();
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
  async run(input: unknown): Promise<RunAnswer> {
    const request = runRequestSchema.parse(input);
    if (request.slice !== null) this.#take(request.slice);
    const slice = this.#slice;
    if (slice === null || slice.revision !== request.revision) return { kind: "slice-needed" };
    this.#lookAround();
    const asked = await this.#once(slice, request);
    const overdue = this.#buffer.overdue(request.overdueBefore, request.mostOverdue + 1);
    const state = {
      colo: this.#place?.colo ?? null,
      country: this.#place?.country ?? null,
      droppedRounds: this.#buffer.dropped,
    };
    // Rounds are decided in order of time: what is newer waits until what is older was taken.
    if (overdue.length > request.mostOverdue) {
      const rounds = overdue.slice(0, request.mostOverdue);
      return { kind: "reported", rounds, more: true, state };
    }
    const rounds = asked === null ? overdue : [...overdue, asked];
    return { kind: "reported", rounds, more: false, state };
  }

  /**
   * Probes monitors in a round that was not this region's turn, to confirm what another saw.
   *
   * @param input a ConfirmRequest
   * @returns the results of the monitors asked for; each is probed once, however often it is asked
   */
  async confirm(input: unknown): Promise<RoundResults> {
    const { round, monitors, budgetMs } = confirmRequestSchema.parse(input);
    const before = this.#buffer.find(round)?.results ?? [];
    const known = new Set(before.map(({ monitor }) => monitor));
    const wanted = this.#slice?.monitors.filter(
      ({ number }) => monitors.includes(number) && !known.has(number),
    );
    const results = [...before, ...(await this.#probe(wanted ?? [], budgetMs))];
    this.#buffer.keep({ round, results });
    return { round, results: results.filter(({ monitor }) => monitors.includes(monitor)) };
  }

  /**
   * Probes a monitor now, outside of any round, and tells how it went; nothing is kept of it.
   *
   * @param input a region's id and the monitor to probe
   */
  probeNow(input: unknown): Promise<RegionTranscript> {
    return probeNow(input, this.env);
  }

  /** Lets go of rounds that the database has. */
  acknowledge(input: unknown): void {
    this.#buffer.forget(roundSchema.array().parse(input));
  }

  #take(slice: Slice): void {
    this.#slice = slice;
    this.ctx.storage.kv.put("slice", slice);
  }

  /** Finds out in passing where it runs: a round does not wait for that. */
  #lookAround(): void {
    const now = systemClock.now();
    const { TRACE_URL } = this.#settings;
    if (TRACE_URL === undefined || now - this.#placeAskedAt < placeValidMs) return;
    this.#placeAskedAt = now;
    this.ctx.waitUntil(
      findPlace(TRACE_URL).then((place) => {
        this.#place = place ?? this.#place;
      }),
    );
  }

  /** The round's results; null where it was run and recorded before. */
  async #once(slice: Slice, { round, budgetMs }: RunRequest): Promise<RoundResults | null> {
    const key = `${round.time}/${round.step}`;
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
    const kept = { round, results: await this.#probe(due, budgetMs) };
    this.#buffer.keep(kept);
    return kept;
  }

  async #probe(monitors: Slice["monitors"], budgetMs: number): Promise<Result[]> {
    const controls = new ControlCheck(this.#slice?.controls ?? []);
    const results = await runRound(monitors, budgetMs, {
      ...probeSurroundings(this.#slice?.region ?? "", this.env),
      afterFailedAttempt: () => controls.afterFailedAttempt(),
    });
    return controls.judge(results);
  }
}
