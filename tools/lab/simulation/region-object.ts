import type { Monitor } from "../../../shared/domain/monitor.ts";
import { isProbedFrom } from "../../../shared/domain/plan.ts";
import type { Outcome, Result } from "../../../shared/domain/result.ts";
import type { Round } from "../../../shared/domain/schedule.ts";
import { controlsMs } from "../../../shared/domain/shard.ts";
import type { EventQueue } from "./event-queue.ts";
import { regionIds } from "./script.ts";
import type { Seen, Targets } from "./target.ts";

/** What an object keeps of one round. */
export interface KeptRound {
  readonly round: Round;
  readonly results: readonly Result[];
}

/** What an object is asked. */
export interface Question {
  readonly round: Round;
  readonly budgetMs: number;
}

export interface ObjectOptions {
  readonly region: number;
  /** The one target that it probes, and its monitors: all see what one probe saw. */
  readonly target: number;
  readonly monitors: readonly Monitor[];
  readonly targets: Targets;
  readonly queue: EventQueue;
  /** Told of every result that is kept: from then on it must not be lost. */
  readonly onKept: (region: number, kept: KeptRound) => void;
  /** Told of every round that is dropped at the bound. */
  readonly onDropped: (region: number, dropped: KeptRound) => void;
}

/** A round, and the numbers of monitors whose failure in it is to be confirmed. */
export interface Confirmation extends Question {
  readonly monitors: readonly number[];
}

/** What it answers. */
export interface Answer {
  readonly rounds: readonly KeptRound[];
  /** More is waiting; the round asked for comes all the same, to be confirmed, not to be decided. */
  readonly more: boolean;
}

/** As in workers/probe/tick/fan-out.ts. */
const mostOverdue = 60;
/** As in workers/probe/region/buffer.ts. */
export const mostRounds = 1_440;

interface Running {
  readonly endedAt: number;
  /** Null once it has died. */
  kept: KeptRound | null;
}

/** One region's shard: workers/probe/region/region.ts, on the simulated clock. */
export class RegionObject {
  readonly #options: ObjectOptions;
  readonly #newest = new Map<number, number>();
  readonly #running = new Map<number, Running>();
  /** By round: when the last of the confirmations asked for so far has ended. */
  readonly #confirming = new Map<number, number>();
  /** In order of time. */
  #waiting: KeptRound[] = [];
  #dropped = 0;
  /** Goes up when the process dies: what began in an earlier life does not end. */
  #life = 0;

  constructor(options: ObjectOptions) {
    this.#options = options;
  }

  /** Whether everything it kept was acknowledged. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** How many rounds it had to drop at its bound, as it counts them itself. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Probes what is due, once however often it is asked, and answers with what waits. */
  run(question: Question, answer: (answer: Answer) => void): void {
    const { queue } = this.#options;
    const { round } = question;
    const reply = (asked: KeptRound | null) => {
      // A round that is not over may still be on its way to the database, from other regions.
      const overdue = this.#waiting.filter(
        (kept) => kept.round.time + kept.round.step <= round.time,
      );
      const more = overdue.length > mostOverdue;
      const rounds = overdue.slice(0, mostOverdue);
      answer({ rounds: asked === null ? rounds : [...rounds, asked], more });
    };
    const running = this.#running.get(keyOf(round));
    const waiting = this.#waiting.find((kept) => keyOf(kept.round) === keyOf(round));
    if (running) queue.at(running.endedAt, () => running.kept && reply(running.kept));
    else if (waiting) reply(waiting);
    else if ((this.#newest.get(round.step) ?? 0) >= round.time) reply(null);
    else {
      const begun = this.#probe(question);
      this.#running.set(keyOf(round), begun);
      queue.at(begun.endedAt, () => {
        if (begun.kept === null) return;
        this.#running.delete(keyOf(round));
        reply(this.#keep(begun.kept));
      });
    }
  }

  /** Probes monitors whose turn was another region's, one request after the other. */
  confirm(confirmation: Confirmation, answer: (results: readonly Result[]) => void): void {
    const { queue } = this.#options;
    const key = keyOf(confirmation.round);
    const life = this.#life;
    queue.at(this.#confirming.get(key) ?? queue.now, () => {
      if (life === this.#life) this.#confirmNow(confirmation, answer);
    });
  }

  #confirmNow(
    { round, monitors: asked, budgetMs }: Confirmation,
    answer: (results: readonly Result[]) => void,
  ): void {
    const { queue, monitors } = this.#options;
    const key = keyOf(round);
    const life = this.#life;
    const before = this.#waiting.find((kept) => keyOf(kept.round) === key)?.results ?? [];
    const known = new Set(before.map(({ monitor }) => monitor));
    const wanted = monitors.filter(({ number }) => asked.includes(number) && !known.has(number));
    const { endedAt, results } = this.#look(wanted, round, budgetMs);
    this.#confirming.set(key, endedAt);
    queue.at(endedAt, () => {
      if (life !== this.#life) return;
      this.#confirming.delete(key);
      // What no time was left for is no result: its region was not asked.
      const run = results.filter(({ attempts }) => attempts > 0);
      const kept = this.#keep({ round, results: run });
      answer(kept.results.filter(({ monitor }) => asked.includes(monitor)));
    });
  }

  /** Lets go of rounds that the database has. */
  acknowledge(rounds: readonly Round[]): void {
    const gone = new Set(rounds.map(keyOf));
    this.#waiting = this.#waiting.filter((kept) => !gone.has(keyOf(kept.round)));
  }

  /** The process dies: what it was probing is lost, what it kept is on disk. */
  die(): void {
    for (const running of this.#running.values()) running.kept = null;
    this.#running.clear();
    this.#confirming.clear();
    this.#life += 1;
  }

  /** Beside what it has of the round; of two results of one monitor the first stands. */
  #keep(more: KeptRound): KeptRound {
    const { region, onKept, onDropped } = this.#options;
    const { round } = more;
    const place = this.#waiting.findIndex((kept) => keyOf(kept.round) === keyOf(round));
    const before = this.#waiting[place]?.results ?? [];
    const known = new Set(before.map(({ monitor }) => monitor));
    const added = more.results.filter(({ monitor }) => !known.has(monitor));
    const kept = { round, results: [...before, ...added] };
    if (place >= 0) this.#waiting[place] = kept;
    else {
      const later = this.#waiting.findIndex((other) => other.round.time > round.time);
      this.#waiting.splice(later === -1 ? this.#waiting.length : later, 0, kept);
    }
    this.#newest.set(round.step, Math.max(round.time, this.#newest.get(round.step) ?? 0));
    onKept(region, { round, results: added });
    while (this.#waiting.length > mostRounds) {
      const dropped = this.#waiting.shift();
      if (dropped === undefined) break;
      this.#dropped += 1;
      onDropped(region, dropped);
    }
    return kept;
  }

  #probe({ round, budgetMs }: Question): Running {
    const { region, monitors } = this.#options;
    const id = regionIds[region] ?? "";
    const due = monitors.filter((monitor) => isProbedFrom(monitor, id, round));
    const { endedAt, results } = this.#look(due, round, budgetMs);
    return { endedAt, kept: { round, results } };
  }

  /** One look at the target, which all of the monitors share. */
  #look(
    monitors: readonly Monitor[],
    { step }: Round,
    budgetMs: number,
  ): { readonly endedAt: number; readonly results: readonly Result[] } {
    const { region, targets, queue } = this.#options;
    const [first] = monitors;
    if (first === undefined) return { endedAt: queue.now, results: [] };
    const seen = this.#seen(first, budgetMs);
    let { outcome, endedAt } = seen;
    // Controls are asked only where something failed: as soon as it does, and again at the end, for
    // a region that reaches nothing may reach something again before its round is over.
    const asked = outcome.outcome === "down" ? [seen.firstFailureAt ?? endedAt, endedAt] : [];
    if (asked.some((at) => targets.isCutOff(region, at))) {
      outcome = controlFailed;
      endedAt += controlsMs[step];
    }
    const { latencyMs, attempts } = seen;
    const results = monitors.map(({ number }): Result => {
      return { monitor: number, outcome, latencyMs, attempts };
    });
    return { endedAt, results };
  }

  #seen({ retry }: Monitor, budgetMs: number): Seen {
    const { region, target, targets, queue } = this.#options;
    if (budgetMs < retry.timeoutMs) return notRun(queue.now);
    const shortened = { ...retry, budgetMs: Math.min(retry.budgetMs, budgetMs) };
    return targets.probe(target, region, queue.now, shortened);
  }
}

const controlFailed: Outcome = {
  outcome: "unknown",
  reason: "control-failed",
  detail: "no control target answered either",
};

function notRun(at: number): Seen {
  const outcome: Outcome = { outcome: "unknown", reason: "not-run", detail: "no time was left" };
  return { outcome, latencyMs: null, attempts: 0, endedAt: at, firstFailureAt: null };
}

function keyOf({ time, step }: Round): number {
  return time * 100 + step;
}
