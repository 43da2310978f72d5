/** Heartbeats beside the real cron library: what holds whatever pings are lost, and when clocks change. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextCronTime } from "./cron.ts";
import { assess, earlySeconds, nextDueAt, noPings } from "./domain/heartbeat.ts";
import type { HeartbeatProbe, Timetable } from "./domain/probes/heartbeat.ts";
import type { Span } from "./domain/span.ts";

const seconds = (instant: string) => Date.parse(instant) / 1000;

describe("a job that runs at three every night", () => {
  it.each([
    ["Europe/Berlin", "2026-03-29T01:00:00Z", "2026-10-25T02:00:00Z"],
    ["America/New_York", "2026-03-08T07:00:00Z", "2026-11-01T08:00:00Z"],
  ])("is due at three in %s also when the clocks change", (timeZone, spring, autumn) => {
    const timetable: Timetable = { kind: "cron", expression: "0 3 * * *", timeZone };
    const probe: HeartbeatProbe = {
      kind: "heartbeat",
      timetable,
      graceSeconds: 600,
      maxRunSeconds: null,
    };
    for (const due of [spring, autumn].map(seconds)) {
      const pings = { ...noPings, succeededAt: due - 20 * 3_600 };
      const heartbeat = { probe, addedAt: 0, pings };
      expect(nextDueAt(heartbeat, nextCronTime)).toBe(due);
      expect(assess(heartbeat, [], due + 600, nextCronTime).state).toBe("up");
      expect(assess(heartbeat, [], due + 601, nextCronTime).state).toBe("missing");
    }
  });
});

/** A job that keeps its timetable through a year with both changes of clocks; judged each minute. */
interface Life {
  readonly timetable: Timetable;
  readonly from: number;
  /** By run: how long after it was due it finishes, in seconds. */
  readonly delays: readonly number[];
  readonly gaps: readonly Span[];
  /** After so many runs it dies; more than there are: never. */
  readonly diesAfter: number;
}

const grace = 900;
const timetables = fc.oneof(
  fc.constantFrom<Timetable>(
    { kind: "cron", expression: "30 2 * * *", timeZone: "Europe/Berlin" },
    { kind: "cron", expression: "15 * * * *", timeZone: "America/New_York" },
    { kind: "cron", expression: "0 */6 * * *", timeZone: "America/New_York" },
  ),
  fc.integer({ min: 10, max: 300 }).map((m): Timetable => ({ kind: "every", seconds: m * 60 })),
);
const beginnings = ["2026-03-07T00:00:00Z", "2026-03-28T00:00:00Z", "2026-10-24T00:00:00Z"];

const runs = 12;
const lives: fc.Arbitrary<Life> = fc.record({
  timetable: timetables,
  from: fc
    .tuple(fc.constantFrom(...beginnings, "2026-10-31T00:00:00Z"), fc.nat(600))
    .map(([instant, minute]) => seconds(instant) + minute * 60),
  delays: fc.array(fc.integer({ min: -earlySeconds, max: grace }), {
    minLength: runs,
    maxLength: runs,
  }),
  gaps: fc
    .array(fc.tuple(fc.integer({ min: 1, max: 6_000 }), fc.integer({ min: 2, max: 400 })), {
      maxLength: 5,
    })
    .map((list) => {
      let time = 0;
      return list.map(([pause, length]) => {
        const from = time + pause * 60;
        time = from + length * 60;
        return { from, to: time };
      });
    }),
  diesAfter: fc.integer({ min: 0, max: 2 * runs }),
});

/** When its pings come: a nightly job's after its time, an interval's after the one before. */
function finishesOf({ timetable, from, delays, diesAfter }: Life): number[] {
  let due = from;
  let last = from;
  return delays.slice(0, diesAfter).map((delay) => {
    if (timetable.kind === "cron") {
      due = nextCronTime(timetable, due);
      return due + delay;
    }
    // As early as it likes, or late within the grace.
    last += delay % 2 === 0 ? timetable.seconds + delay : timetable.seconds / 2;
    return last;
  });
}

/** Judges at these times, with the pings that could be taken until then. */
function* judged(life: Life, times: Iterable<number>) {
  const probe: HeartbeatProbe = {
    kind: "heartbeat",
    timetable: life.timetable,
    graceSeconds: grace,
    maxRunSeconds: null,
  };
  const gaps = life.gaps.map(({ from, to }) => ({ from: life.from + from, to: life.from + to }));
  const taken = finishesOf(life).filter(
    (time) => !gaps.some(({ from, to }) => time >= from && time < to),
  );
  for (const now of times) {
    if (gaps.some(({ from, to }) => now >= from && now < to)) continue;
    const succeededAt = taken.findLast((time) => time <= now) ?? null;
    const heartbeat = { probe, addedAt: life.from, pings: { ...noPings, succeededAt } };
    const past = gaps.filter(({ to }) => to <= now);
    yield assess(heartbeat, past, now, nextCronTime);
  }
}

function* halfHours(life: Life) {
  const end = deathOf(life);
  for (let now = life.from; now <= end; now += 1_800) yield now;
}

const deathOf = (life: Life): number => finishesOf(life).at(-1) ?? life.from;

describe("whatever pings are lost by our fault", () => {
  it("a job that keeps its timetable is never down (law 1)", () => {
    fc.assert(
      fc.property(lives, (life) => {
        const kept = { ...life, diesAfter: runs };
        const states = new Set([...judged(kept, halfHours(kept))].map(({ state }) => state));
        expect(
          ["missing", "failed", "overlong"].filter((bad) =>
            [...states].some((state) => state === bad),
          ),
        ).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("a job that died is down once it misses what was due after the last of those times", () => {
    fc.assert(
      fc.property(lives, (life) => {
        const death = deathOf(life);
        const lastGap = life.gaps.reduce((last, { to }) => Math.max(last, life.from + to), 0);
        const reference = Math.max(death, lastGap);
        const due =
          life.timetable.kind === "every"
            ? reference + life.timetable.seconds
            : nextCronTime(life.timetable, reference + earlySeconds);
        expect([...judged(life, [due + grace + 1])]).toMatchObject([{ state: "missing" }]);
      }),
      { numRuns: 200 },
    );
  });
});
