import { randomFrom } from "../random.ts";
import {
  type DatabaseFault,
  type Fault,
  flapping,
  type RegionFault,
  regionIds,
  type Script,
  type TargetFault,
} from "./script.ts";

const minutesOfDay = 1_440;

/** Intervals are drawn from here: most monitors are checked every minute. */
const intervals = [60, 60, 60, 60, 300, 30, 10];

const hows = ["refuse", "hang", "error", "wrong"] as const;
const regionHows = ["unreachable", "answer-lost", "no-network"] as const;

/** Draws a day with trouble of every kind; the same seed, the same day. */
export function drawScript(seed: number, minutes = minutesOfDay): Script {
  const day = new Day(seed, minutes);
  const faults: Fault[] = [
    ...day.some(4, () => day.outage()),
    ...day.some(6, () => day.blip()),
    ...day.some(4, () => day.regional(1)),
    ...day.some(2, () => day.regional(2)),
    ...day.some(2, () => day.slow()),
    ...day.some(2, () => day.flaky()),
    ...day.some(1, () => day.flapping()).flat(),
    ...day.some(4, () => day.regionLost()),
    ...day.some(2, () => day.databaseFault()),
    ...day.some(8, () => day.tickFault()),
  ];
  return { seed, minutes, intervals: day.intervals, faults };
}

class Day {
  readonly intervals: readonly number[];
  readonly #draw: () => number;
  readonly #minutes: number;

  constructor(seed: number, minutes: number) {
    // Not the numbers that the run itself draws.
    this.#draw = randomFrom(seed ^ 0x5eed);
    this.#minutes = minutes;
    this.intervals = [this.#one(intervals), this.#one(intervals)];
  }

  /** About `mean` of something, from none to twice as many. */
  some<T>(mean: number, make: () => T): T[] {
    return Array.from({ length: this.#whole(0, 2 * mean) }, make);
  }

  /** From one interval to ten, or for hours. */
  outage(): TargetFault {
    const target = this.#target();
    const intervalMs = (this.intervals[target] ?? 60) * 1000;
    const intervals = this.#draw() < 0.1 ? this.#whole(10, 60) : 1 + 9 * this.#draw();
    return {
      ...{ kind: "target", target, regions: [0, 1, 2], how: this.#one(hows) },
      ...this.#span(Math.floor(intervals * intervalMs)),
    };
  }

  blip(): TargetFault {
    const length = this.#whole(1_000, 30_000);
    return {
      ...{ kind: "target", target: this.#target(), regions: [0, 1, 2], how: this.#one(hows) },
      ...this.#span(length),
    };
  }

  /** Some regions' way to the target is lost. */
  regional(count: number): TargetFault {
    return {
      ...{ kind: "target", target: this.#target(), regions: this.#regions(count) },
      ...{ how: this.#one(hows), ...this.#span(this.#whole(5_000, 3_600_000)) },
    };
  }

  slow(): TargetFault {
    return {
      ...{ kind: "target", target: this.#target(), regions: this.#regions(this.#whole(1, 3)) },
      ...{ how: "slow", ...this.#span(this.#whole(60_000, 3_600_000)) },
    };
  }

  flaky(): TargetFault {
    return {
      ...{ kind: "target", target: this.#target(), regions: this.#regions(this.#whole(1, 3)) },
      ...{ how: "flaky", ...this.#span(this.#whole(60_000, 1_800_000)) },
    };
  }

  flapping(): TargetFault[] {
    const span = this.#span(this.#whole(600_000, 3_600_000));
    const fault = { target: this.#target(), regions: [0, 1, 2], how: this.#one(hows), ...span };
    return flapping(fault, this.#whole(20_000, 300_000), this.#whole(20_000, 300_000));
  }

  regionLost(): RegionFault {
    const how = this.#one(regionHows);
    const isPartial = how !== "no-network" && this.#draw() < 0.3;
    return {
      ...{ kind: "region", region: this.#whole(0, regionIds.length - 1), how },
      shard: isPartial ? this.#target() : null,
      ...this.#span(this.#whole(1_000, 1_800_000)),
    };
  }

  databaseFault(): DatabaseFault {
    const how = this.#draw() < 0.7 ? "away" : "answer-lost";
    return { kind: "database", how, ...this.#span(this.#whole(1_000, 1_200_000)) };
  }

  tickFault(): Fault {
    const minute = this.#whole(1, this.#minutes - 1);
    const kind = "tick" as const;
    switch (this.#whole(0, 3)) {
      case 0:
        return { kind, minute, how: "missing" };
      case 1:
        return { kind, minute, how: "late", byMs: this.#whole(1_000, 90_000) };
      case 2:
        return { kind, minute, how: "doubled", afterMs: this.#whole(0, 20_000) };
      default: {
        const afterMs = this.#whole(0, this.#draw() < 0.7 ? 600 : 50_000);
        return { kind, minute, how: "killed", afterMs, objects: this.#draw() < 0.5 };
      }
    }
  }

  #target(): number {
    return this.#whole(0, this.intervals.length - 1);
  }

  #regions(count: number): number[] {
    const rest = regionIds.map((_, region) => region);
    while (rest.length > count) rest.splice(this.#whole(0, rest.length - 1), 1);
    return rest;
  }

  #span(length: number): { from: number; to: number } {
    const from = this.#whole(0, this.#minutes * 60_000);
    return { from, to: from + length };
  }

  /** A whole number from `least` to `most`, both included. */
  #whole(least: number, most: number): number {
    return least + Math.floor(this.#draw() * (most - least + 1));
  }

  #one<T>(list: readonly T[]): T {
    const chosen = list[this.#whole(0, list.length - 1)];
    if (chosen === undefined) throw new RangeError("nothing to choose from");
    return chosen;
  }
}
