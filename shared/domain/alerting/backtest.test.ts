/** A backtest yields what the live path yields; and what another configuration would have. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MaintenanceWindow } from "../maintenance.ts";
import type { Plan } from "../plan.ts";
import { decideRecording, type Memory, type RegionReport, type RoundReport } from "../recording.ts";
import type { Round } from "../schedule.ts";
import { emptyMemory, monitorOf, planOf, reportOf, start } from "../testing/fixtures.ts";
import {
  type BacktestConfiguration,
  type BacktestHistory,
  type BacktestTools,
  remembered,
  replay,
} from "./backtest.ts";
import type { PersonsAct } from "./backtest-acts.ts";
import { matchPages } from "./backtest-match.ts";
import { decideRound } from "./decide-round.ts";
import { type AlertMemory, idempotencyKey } from "./memory.ts";
import { acknowledge } from "./operate.ts";
import type { OutageSpan } from "./samples.ts";
import { policy, serviceDown } from "./testing/story.ts";

const delaySeconds = 5;
const plan: Plan = planOf([monitorOf({ id: "api" })]);
const usual: BacktestConfiguration = {
  plan,
  rules: [serviceDown],
  policies: [policy],
  silences: [],
  windows: [],
};
const tools: BacktestTools = {
  readingsOf: () => new Map(),
  nextTime: () => Number.POSITIVE_INFINITY,
  nextInHours: (_, at) => at,
  delaySeconds,
};
const minute = (count: number) => start + count * 60;

/** What is stored of some minutes; each is a letter per region, or `...` for none. */
function historyOf(minutes: readonly string[], acts: readonly PersonsAct[] = []): BacktestHistory {
  const stored = new Map<number, readonly RegionReport[]>(
    minutes.map((letters, index) => {
      const round: Round = { time: minute(index), step: 60 };
      return [round.time, reportOf(round, letters).regions];
    }),
  );
  return {
    span: { from: start, to: minute(minutes.length) },
    memory: emptyMemory,
    outages: [],
    reportsOf: ({ time }) => stored.get(time) ?? [],
    acts,
  };
}

/** The ticks of these minutes, as a database would go with them; one in two may never come. */
function live(minutes: readonly string[], acknowledgedAt: number | null) {
  let recorded: Memory = emptyMemory;
  let memory: AlertMemory = { alerts: new Map(), incidents: new Map() };
  const rows = new Map<string, OutageSpan>();
  const keys: string[] = [];
  const acts: PersonsAct[] = [];
  for (const [index, letters] of minutes.entries()) {
    const round: Round = { time: minute(index), step: 60 };
    const now = round.time + delaySeconds;
    if (index === acknowledgedAt) {
      const open = [...memory.incidents.values()].find(({ endedAt }) => endedAt === null);
      const done = open === undefined ? null : acknowledge(memory, open.key, "ann", now - 1);
      if (open && done?.ok) {
        const [incident = open] = done.incidents;
        memory = { ...memory, incidents: new Map([...memory.incidents, [incident.key, incident]]) };
        keys.push(...done.notifications.map((one) => `${now - 1} ${idempotencyKey(one)}`));
        const act = { kind: "acknowledge" } as const;
        acts.push({ at: now - 1, by: "ann", incident: open.key, act });
      }
    }
    const report: RoundReport = reportOf(round, letters);
    const recording = decideRecording(plan, recorded, [report]);
    recorded = recording.memory;
    const changed = new Set<string>();
    for (const { monitor, outage, cause } of recording.outages) {
      const key = `${monitor}/${outage.startedAt}`;
      const { startedAt, endedAt } = outage;
      const before = rows.get(key) ?? { monitor, startedAt, detectedAt: now, endedAt, cause };
      rows.set(key, { ...before, endedAt });
      changed.add(key);
    }
    const news = [...rows].filter(([key, row]) => row.endedAt === null || changed.has(key));
    const outcome = decideRound(remembered(memory, now), {
      ...usual,
      ...tools,
      now,
      readings: new Map(),
      outages: news.map(([, row]) => row),
      statuses: recorded.statuses,
    });
    memory = outcome.memory;
    keys.push(...outcome.notifications.map((one) => `${now} ${idempotencyKey(one)}`));
  }
  return { keys, acts };
}

const letters = fc.constantFrom("UUU", "DDD", "DDU", "DUU", "...", "U..", "D..", "???");
const runs = fc
  .array(fc.tuple(letters, fc.integer({ min: 1, max: 30 })), { minLength: 1, maxLength: 12 })
  .map((parts) => parts.flatMap(([seen, count]) => Array.from({ length: count }, () => seen)));

/** A replay's pages by what identifies them; sequences are counted within each incident. */
function pagesOf(history: BacktestHistory, configuration = usual) {
  return replay(history, configuration, tools).pages;
}

describe("replayed as it was", () => {
  test("a history gives the pages that there were, at their times", () => {
    fc.assert(
      fc.property(runs, fc.option(fc.nat(120)), (minutes, acknowledgedAt) => {
        const { keys, acts } = live(minutes, acknowledgedAt);
        const sent = keys.map((line) => {
          const [at, ...rest] = line.split(" ");
          const parts = rest.join(" ").split("/");
          return [at, parts.slice(0, -3).join("/"), parts.at(-3), parts.at(-1)].join(" ");
        });
        const pages = pagesOf(historyOf(minutes, acts));
        expect(pages.map((one) => `${one.at} ${one.incident} ${one.channel} ${one.kind}`)).toEqual(
          sent,
        );
      }),
      { numRuns: 60 },
    );
  });

  test("the same configuration twice makes no difference", () => {
    fc.assert(
      fc.property(runs, (minutes) => {
        const history = historyOf(minutes);
        const { onlyBefore, onlyAfter, both } = matchPages(pagesOf(history), pagesOf(history));
        expect([...onlyBefore, ...onlyAfter]).toEqual([]);
        expect(both.every(({ shiftSeconds }) => shiftSeconds === 0)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});

const blip = [...up(10), "DDD", ...up(20)];
function up(count: number): string[] {
  return Array.from({ length: count }, () => "UUU");
}
function withVerdict(verdict: Partial<Plan["monitors"][number]["verdict"]>) {
  const monitors = plan.monitors.map((one) => ({
    ...one,
    verdict: { ...one.verdict, ...verdict },
  }));
  return { ...usual, plan: { ...plan, monitors } };
}
const kinds = (pages: readonly { at: number; channel: string; kind: string }[]) =>
  pages.map(({ at, channel, kind }) => `${(at - delaySeconds - start) / 60} ${channel} ${kind}`);

describe("replayed otherwise", () => {
  test("a blip is not told where three failures are needed", () => {
    expect(kinds(pagesOf(historyOf(blip)))).toEqual(["10 chat trigger", "11 chat resolve"]);
    expect(pagesOf(historyOf(blip), withVerdict({ failuresToOpen: 3 }))).toEqual([]);
  });

  test("a regional failure is told where any region is enough", () => {
    const regional = [...up(3), "DUU", ...up(3)];
    expect(pagesOf(historyOf(regional))).toEqual([]);
    const any = withVerdict({ quorum: { kind: "any" } });
    expect(kinds(pagesOf(historyOf(regional), any))).toEqual(["3 chat trigger", "4 chat resolve"]);
  });

  test("a longer outage is the same incident, later, where more failures are needed", () => {
    const long = [...up(5), ...Array.from({ length: 8 }, () => "DDD"), ...up(5)];
    const { both, onlyBefore, onlyAfter } = matchPages(
      pagesOf(historyOf(long)),
      pagesOf(historyOf(long), withVerdict({ failuresToOpen: 3 })),
    );
    expect(both.map(({ shiftSeconds, after }) => [after.kind, shiftSeconds])).toEqual([
      ["trigger", 120],
      ["resolve", 0],
    ]);
    expect([onlyBefore, onlyAfter]).toEqual([[], []]);
  });

  test("under maintenance nobody is told, and the decision says why", () => {
    const window: MaintenanceWindow = {
      number: 1,
      kind: "maintenance",
      name: "Deploy",
      reason: null,
      versions: [
        {
          from: 0,
          until: null,
          selector: { kind: "all" },
          timing: { kind: "once", from: start, to: minute(30) },
        },
      ],
      createdAt: 0,
      createdBy: "ann",
      cancelledAt: null,
      withdrawnAt: null,
    };
    const muted = replay(historyOf(blip), { ...usual, windows: [window] }, tools);
    expect(muted.pages).toEqual([]);
    expect(muted.decisions).toMatchObject([{ decision: "not-told", because: "maintenance" }]);
  });

  test("steps of the escalation come between rounds in which nothing changes, until it is taken on", () => {
    const long = [...up(1), ...Array.from({ length: 30 }, () => "DDD"), ...up(2)];
    const escalated = kinds(pagesOf(historyOf(long)));
    expect(escalated).toContain("11 pager escalate");
    const act = { kind: "acknowledge" } as const;
    const key = `outage/api/${minute(1)}`;
    const acts = [{ at: minute(4), by: "ann", incident: key, act }];
    expect(kinds(pagesOf(historyOf(long, acts)))).not.toContain("11 pager escalate");
    const late = [{ at: minute(4), by: "ann", incident: "outage/other/1", act }];
    expect(replay(historyOf(long, late), usual, tools).idleActs).toEqual(late);
  });
});

describe("matching", () => {
  const page = (at: number, incident: string, channel = "chat", kind = "trigger") => {
    return { at, incident, channel, kind };
  };

  test("pairs the same incident however far, another beginning only within an hour", () => {
    const before = [page(100, "outage/api/1"), page(200, "alert/slow/api/190")];
    const after = [page(9_100, "outage/api/1"), page(140, "alert/slow/api/130")];
    expect(matchPages(before, after).both.map(({ shiftSeconds }) => shiftSeconds)).toEqual([
      9_000, -60,
    ]);
    const far = matchPages([page(0, "alert/slow/api/0")], [page(4_000, "alert/slow/api/3990")]);
    expect([far.onlyBefore.length, far.onlyAfter.length, far.both.length]).toEqual([1, 1, 0]);
  });

  test("takes each page once, and tells channels and kinds apart", () => {
    const before = [page(1, "outage/api/1"), page(2, "outage/api/1")];
    const one = matchPages(before, [page(1, "outage/api/1")]);
    expect([one.both.length, one.onlyBefore.length]).toEqual([1, 1]);
    const other = matchPages(
      [page(1, "a/1")],
      [page(1, "a/1", "mail"), page(1, "a/1", "chat", "x")],
    );
    expect([other.both.length, other.onlyAfter.length]).toEqual([0, 2]);
  });
});
