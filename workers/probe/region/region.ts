import { DurableObject } from "cloudflare:workers";
import { systemClock } from "../../../shared/clock.ts";
import {
  type RoundResults,
  type RunAnswer,
  type RunRequest,
  roundSchema,
  runRequestSchema,
  type Slice,
  sliceSchema,
} from "../../../shared/contract/region.ts";
import { isDue } from "../../../shared/domain/schedule.ts";
import { version } from "../../../shared/version.ts";
import { type Env, parseSettings } from "../env.ts";
import { RoundBuffer } from "./buffer.ts";
import { runRound } from "./run-round.ts";

/** Rounds handed over in one answer besides the one asked for: a message may have 32 MiB. */
const mostOverdue = 60;

/** One region's shard: probes its slice of the plan from where it stands, and keeps the results. */
export class Region extends DurableObject<Env> {
  readonly #buffer: RoundBuffer;
  readonly #infoUrl: string;
  readonly #running = new Map<string, Promise<RoundResults>>();
  #slice: Slice | null = null;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    this.#infoUrl = parseSettings(env).MONITOR_INFO_URL;
    this.#buffer = new RoundBuffer(state.storage.sql);
    const kept = state.storage.kv.get<unknown>("slice");
    if (kept !== undefined) this.#slice = sliceSchema.parse(kept);
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
    const asked = await this.#once(slice, request);
    const overdue = this.#buffer.overdue(request.overdueBefore, mostOverdue);
    return { kind: "reported", rounds: asked === null ? overdue : [...overdue, asked] };
  }

  /** Lets go of rounds that the database has. */
  acknowledge(input: unknown): void {
    this.#buffer.forget(roundSchema.array().parse(input));
  }

  #take(slice: Slice): void {
    this.#slice = slice;
    this.ctx.storage.kv.put("slice", slice);
  }

  /** The round's results; null where it was run and recorded before. */
  async #once(slice: Slice, { round, budgetMs }: RunRequest): Promise<RoundResults | null> {
    const key = `${round.time}/${round.step}`;
    const running = this.#running.get(key);
    if (running) return running;
    const waiting = this.#buffer.find(round);
    if (waiting !== null) return waiting;
    if (this.#buffer.hasRun(round)) return null;
    const run = this.#probe(slice, round, budgetMs);
    this.#running.set(key, run);
    try {
      return await run;
    } finally {
      this.#running.delete(key);
    }
  }

  async #probe(slice: Slice, round: RoundResults["round"], budgetMs: number) {
    const due = slice.monitors.filter((monitor) => isDue(monitor.schedule, round));
    const results = await runRound(due, budgetMs, {
      clock: systemClock,
      draw: Math.random,
      userAgent: `NetPost-Monitor/${version} (${slice.region}; +${this.#infoUrl})`,
    });
    const kept: RoundResults = { round, results };
    this.#buffer.keep(kept);
    return kept;
  }
}
