import type { Monitor } from "../../../shared/domain/monitor.ts";
import type { Outcome, Result } from "../../../shared/domain/result.ts";
import { isDue, type Round } from "../../../shared/domain/schedule.ts";
import type { EventQueue } from "./event-queue.ts";
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
}

/** What it answers. */
export interface Answer {
  readonly rounds: readonly KeptRound[];
  /** More is waiting; the round asked for is held back until it has been taken. */
  readonly more: boolean;
}

/** As in workers/probe/tick/fan-out.ts and workers/probe/region/controls.ts. */
const mostOverdue = 60;
export const controlTimeoutMs = 2_000;

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
  /** In order of time. */
  #waiting: KeptRound[] = [];

  constructor(options: ObjectOptions) {
    this.#options = options;
  }

  /** Whether everything it kept was acknowledged. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
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
      if (more) answer({ rounds: overdue.slice(0, mostOverdue), more });
      else answer({ rounds: asked === null ? overdue : [...overdue, asked], more });
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
        this.#keep(begun.kept);
        reply(begun.kept);
      });
    }
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
  }

  #keep(kept: KeptRound): void {
    const { time, step } = kept.round;
    const later = this.#waiting.findIndex((other) => other.round.time > time);
    this.#waiting.splice(later === -1 ? this.#waiting.length : later, 0, kept);
    this.#newest.set(step, Math.max(time, this.#newest.get(step) ?? 0));
    this.#options.onKept(this.#options.region, kept);
  }

  #probe({ round, budgetMs }: Question): Running {
    const { region, monitors, targets, queue } = this.#options;
    const [first] = monitors;
    if (first === undefined || !isDue(first.schedule, round)) {
      return { endedAt: queue.now, kept: { round, results: [] } };
    }
    const seen = this.#seen(first, budgetMs);
    let { outcome, endedAt } = seen;
    // Controls are asked only where something failed: as soon as it does, and again at the end, for
    // a region that reaches nothing may reach something again before its round is over.
    const asked = outcome.outcome === "down" ? [seen.firstFailureAt ?? endedAt, endedAt] : [];
    if (asked.some((at) => targets.isCutOff(region, at))) {
      outcome = controlFailed;
      endedAt += controlTimeoutMs;
    }
    const { latencyMs, attempts } = seen;
    const results = monitors.map(({ number }): Result => {
      return { monitor: number, outcome, latencyMs, attempts };
    });
    return { endedAt, kept: { round, results } };
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
