import { describe, expect, it } from "vitest";
import {
  assess,
  earlySeconds,
  gapsBetween,
  type Heartbeat,
  noPings,
  outcomeOf,
  type Pings,
} from "./heartbeat.ts";
import type { HeartbeatProbe, Timetable } from "./probes/heartbeat.ts";
import type { Span } from "./span.ts";

const hour = 3_600;
const day = 86_400;
const seconds = (instant: string) => Date.parse(instant) / 1000;

const hourly: Timetable = { kind: "every", seconds: hour };
const nightly: Timetable = { kind: "cron", expression: "0 3 * * *", timeZone: "UTC" };

/** Stands for a cron library that knows one expression, `0 3 * * *` in UTC. */
const nextThree = (_: unknown, after: number) =>
  (Math.floor((after - 3 * hour) / day) + 1) * day + 3 * hour;

/** Midnight UTC. */
const midnight = seconds("2026-11-23T00:00:00Z");

interface Given {
  readonly timetable?: Timetable;
  readonly maxRunSeconds?: number;
  readonly pings?: Partial<Pings>;
  readonly gaps?: readonly Span[];
}

function heartbeatOf({ timetable = hourly, maxRunSeconds, pings }: Given): Heartbeat {
  const probe: HeartbeatProbe = {
    kind: "heartbeat",
    timetable,
    graceSeconds: 600,
    maxRunSeconds: maxRunSeconds ?? null,
  };
  return { probe, addedAt: midnight, pings: { ...noPings, ...pings } };
}

const stateAt = (given: Given, now: number) =>
  assess(heartbeatOf(given), given.gaps ?? [], now, nextThree).state;

const at3 = midnight + 3 * hour;

describe("a job that calls in at least every hour, with ten minutes of grace", () => {
  const last = midnight + 5 * hour;
  const pings = { succeededAt: last };
  it.each([
    ["up right after it called", 0, "up"],
    ["up when the next ping is due", hour, "up"],
    ["up while it is late, within the grace", hour + 600, "up"],
    ["missing after that", hour + 601, "missing"],
    ["missing for as long as nothing comes", 30 * day, "missing"],
  ])("is %s", (_, later, state) => {
    expect(stateAt({ pings }, last + later)).toBe(state);
  });

  it("is new until its first ping would have been missing", () => {
    expect(stateAt({}, midnight)).toBe("new");
    expect(stateAt({}, midnight + hour + 600)).toBe("new");
    expect(stateAt({}, midnight + hour + 601)).toBe("missing");
  });

  it("is up from its first ping, also if that is a start", () => {
    const started = { startedAt: midnight + 60, runningSince: midnight + 60 };
    expect(stateAt({ pings: started }, midnight + 61)).toBe("up");
  });

  it("has failed from a failure to the next success, whatever it starts", () => {
    const failed = { failedAt: last, failing: true, exitStatus: 3 };
    expect(stateAt({ pings: failed }, last)).toBe("failed");
    expect(stateAt({ pings: { ...failed, runningSince: last + 60 } }, last + 120)).toBe("failed");
    expect(stateAt({ pings: failed }, last + 5 * day)).toBe("failed");
    const mended = { ...failed, failing: false, succeededAt: last + 180 };
    expect(stateAt({ pings: mended }, last + 180)).toBe("up");
  });

  it("knows nothing of what it said before it was removed and came back", () => {
    const former = {
      succeededAt: midnight - 60,
      failedAt: midnight - 30,
      failing: true,
      runningSince: midnight - 20,
    };
    expect(stateAt({ pings: former, maxRunSeconds: 10 }, midnight + 60)).toBe("new");
  });
});

describe("a job that runs at three every night", () => {
  it.each([
    ["up before the next run", at3 + 20 * hour, "up"],
    ["up within the grace", at3 + day + 600, "up"],
    ["missing after it", at3 + day + 601, "missing"],
  ])("is %s", (_, now, state) => {
    expect(stateAt({ timetable: nightly, pings: { succeededAt: at3 + 40 } }, now)).toBe(state);
  });

  it("may be a little early: clocks differ", () => {
    const early = (by: number) => ({ timetable: nightly, pings: { succeededAt: at3 - by } });
    expect(stateAt(early(earlySeconds), at3 + 2 * hour)).toBe("up");
    expect(stateAt(early(earlySeconds + 1), at3 + 2 * hour)).toBe("missing");
  });

  it("is not missing by night for a run by hand at noon", () => {
    const given = { timetable: nightly, pings: { succeededAt: at3 + 9 * hour } };
    expect(stateAt(given, at3 + day + 600)).toBe("up");
    expect(stateAt(given, at3 + day + 601)).toBe("missing");
  });
});

describe("a run that says when it starts", () => {
  const given = (since: number, maxRunSeconds?: number): Given => ({
    timetable: nightly,
    pings: { succeededAt: at3 + 30, startedAt: since, runningSince: since },
    ...(maxRunSeconds === undefined ? {} : { maxRunSeconds }),
  });
  const next = at3 + day;

  it("has as long as it may take, beyond the grace", () => {
    expect(stateAt(given(next + 10, 4 * hour), next + 2 * hour)).toBe("up");
    expect(stateAt(given(next + 10, 4 * hour), next + 10 + 4 * hour)).toBe("up");
  });

  it("is overlong after that", () => {
    expect(stateAt(given(next + 10, 4 * hour), next + 11 + 4 * hour)).toBe("overlong");
  });

  it("is overlong also where its finish is not yet due", () => {
    expect(stateAt(given(at3 + hour, hour), at3 + 2 * hour + 1)).toBe("overlong");
  });

  it("must be over within the grace where no length was set", () => {
    expect(stateAt(given(next + 10), next + 600)).toBe("up");
    expect(stateAt(given(next + 10), next + 601)).toBe("missing");
  });

  it("does not make good for starting too late", () => {
    expect(stateAt(given(next + 601, 4 * hour), next + 700)).toBe("missing");
  });

  it("cannot hide for ever behind new starts that never finish", () => {
    expect(stateAt(given(next + day, 4 * hour), next + day + 60)).toBe("missing");
  });
});

describe("where pings could not be taken", () => {
  const gap = (from: number, to: number) => [{ from, to }];

  it("nothing is known of a nightly run that was due then, until the next would be missing", () => {
    const given = {
      timetable: nightly,
      pings: { succeededAt: at3 + 30 },
      gaps: gap(at3 + day - 60, at3 + day + 300),
    };
    expect(stateAt(given, at3 + day + 600)).toBe("up");
    expect(stateAt(given, at3 + day + 601)).toBe("lost");
    expect(stateAt(given, at3 + 2 * day + 600)).toBe("lost");
    expect(stateAt(given, at3 + 2 * day + 601)).toBe("missing");
  });

  it.each([
    ["before it was due", at3 + 9 * hour, at3 + 9 * hour + 600],
    ["after it was missing", at3 + day + 601, at3 + day + hour],
  ])("a nightly run is missing all the same if that was %s", (_, from, to) => {
    const given = { timetable: nightly, pings: { succeededAt: at3 + 30 }, gaps: gap(from, to) };
    expect(stateAt(given, at3 + day + 2 * hour)).toBe("missing");
  });

  it("a run after the missing one may have made good", () => {
    const given = {
      timetable: nightly,
      pings: { succeededAt: at3 + 30 },
      gaps: gap(at3 + day + 12 * hour, at3 + 3 * day + hour),
    };
    expect(stateAt(given, at3 + day + 11 * hour)).toBe("lost");
    expect(stateAt({ ...given, gaps: [] }, at3 + day + 11 * hour)).toBe("missing");
    expect(stateAt(given, at3 + 4 * day + 600)).toBe("lost");
    expect(stateAt(given, at3 + 4 * day + 601)).toBe("missing");
  });

  it("an earlier such time still counts after one that does not matter", () => {
    const gaps = [...gap(at3 + day - 60, at3 + day + 60), ...gap(at3 + 33 * hour, at3 + 34 * hour)];
    const given = { timetable: nightly, pings: { succeededAt: at3 + 30 }, gaps };
    expect(stateAt(given, at3 + 40 * hour)).toBe("lost");
  });

  it("a job of an interval is given the interval again", () => {
    const last = midnight + 5 * hour;
    const given = { pings: { succeededAt: last }, gaps: gap(last + 1200, last + 1800) };
    expect(stateAt(given, last + hour + 600)).toBe("up");
    expect(stateAt(given, last + hour + 601)).toBe("lost");
    expect(stateAt(given, last + 1800 + hour + 600)).toBe("lost");
    expect(stateAt(given, last + 1800 + hour + 601)).toBe("missing");
  });

  it("an overlong run may have finished", () => {
    const since = at3 + 10;
    const given = {
      timetable: nightly,
      maxRunSeconds: hour,
      pings: { startedAt: since, runningSince: since },
      gaps: gap(since + 600, since + 900),
    };
    expect(stateAt(given, since + hour + 1)).toBe("lost");
    expect(stateAt({ ...given, gaps: gap(since - 900, since) }, since + hour + 1)).toBe("overlong");
  });

  it("a failure that was reported stands, until a run was due then", () => {
    const failed = { timetable: nightly, pings: { failedAt: at3 + 30, failing: true } };
    const noon = gap(at3 + 9 * hour, at3 + 9 * hour + 120);
    expect(stateAt({ ...failed, gaps: noon }, at3 + 10 * hour)).toBe("failed");
    const night = gap(at3 + day - 60, at3 + day + 60);
    expect(stateAt({ ...failed, gaps: night }, at3 + day + hour)).toBe("lost");
  });

  it("goes on excusing while the run after the gap goes on, for as long as it may", () => {
    const given = {
      timetable: nightly,
      maxRunSeconds: hour,
      pings: { succeededAt: at3 + 30, startedAt: at3 + 2 * day, runningSince: at3 + 2 * day },
      gaps: gap(at3 + day - 60, at3 + day + 300),
    };
    expect(stateAt(given, at3 + 2 * day + 601)).toBe("lost");
    expect(stateAt(given, at3 + 2 * day + hour)).toBe("lost");
    expect(stateAt(given, at3 + 2 * day + hour + 1)).toBe("overlong");
    const late = { startedAt: at3 + 2 * day + 601, runningSince: at3 + 2 * day + 601 };
    const tooLate = { ...given, pings: { ...given.pings, ...late } };
    expect(stateAt(tooLate, at3 + 2 * day + 602)).toBe("missing");
  });
});

describe("the gaps between what the door covered", () => {
  const covered = [
    { from: 600, to: 900 },
    { from: 1200, to: 1500 },
  ];

  it("begin with the last round in which it was seen open, and end with the next", () => {
    expect(gapsBetween(covered, 60, 1500)).toEqual([{ from: 840, to: 1200 }]);
  });

  it("reach to now where the newest rounds are missing", () => {
    expect(gapsBetween(covered, 60, 1620)).toEqual([
      { from: 840, to: 1200 },
      { from: 1440, to: 1620 },
    ]);
  });

  it("are none where every round was covered, or none is known", () => {
    expect(gapsBetween([{ from: 600, to: 1500 }], 60, 1500)).toEqual([]);
    expect(gapsBetween([{ from: 600, to: 1560 }], 60, 1500)).toEqual([]);
    expect(gapsBetween([], 60, 1500)).toEqual([]);
  });
});

describe("the outcome", () => {
  const detailOf = (given: Given, now: number) => {
    const heartbeat = heartbeatOf(given);
    const state = assess(heartbeat, given.gaps ?? [], now, nextThree);
    return outcomeOf(state, heartbeat.probe);
  };

  it("is none of a new job, and up of one that is up", () => {
    expect(detailOf({}, midnight)).toBeNull();
    expect(detailOf({ pings: { succeededAt: at3 } }, at3)).toEqual({ outcome: "up" });
  });

  it("says of a failure what people need to know", () => {
    expect(detailOf({ timetable: nightly }, midnight + 2 * day)).toEqual({
      outcome: "down",
      reason: "heartbeat-missing",
      detail: "never called in, was due 2026-11-23T03:00:00Z, grace 600 s",
    });
    expect(detailOf({ pings: { succeededAt: at3 } }, at3 + day)).toMatchObject({
      detail: "last finished 2026-11-23T03:00:00Z, was due 2026-11-23T04:00:00Z, grace 600 s",
    });
    const failed = { failedAt: at3, failing: true, exitStatus: 137 };
    expect(detailOf({ pings: failed }, at3)).toEqual({
      outcome: "down",
      reason: "heartbeat-failed",
      detail: "reported a failure 2026-11-23T03:00:00Z, exit status 137",
    });
    expect(detailOf({ pings: { ...failed, exitStatus: null } }, at3)).toMatchObject({
      detail: "reported a failure 2026-11-23T03:00:00Z",
    });
    expect(detailOf({ pings: { runningSince: at3 }, maxRunSeconds: 60 }, at3 + 61)).toEqual({
      outcome: "down",
      reason: "heartbeat-overlong",
      detail: "started 2026-11-23T03:00:00Z and not finished, at most 60 s",
    });
  });

  it("is unknown, by a fault of ours, where a ping may be lost", () => {
    const gaps = [{ from: at3 + 60, to: at3 + 180 }];
    expect(detailOf({ pings: { succeededAt: at3 }, gaps }, at3 + hour + 601)).toEqual({
      outcome: "unknown",
      reason: "pings-not-taken",
      detail: "a ping may be lost: none was taken 2026-11-23T03:01:00Z to 2026-11-23T03:03:00Z",
    });
  });
});
