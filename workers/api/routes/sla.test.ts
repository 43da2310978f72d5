import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { type SlaDocument, slaDocumentSchema } from "../../../shared/contract/api/sla.ts";
import { countingDatabase } from "../testing/counting-database.ts";
import { readAnswer, readProblem } from "../testing/read-answer.ts";
import {
  allUp,
  applyConfig,
  ask,
  configOf,
  down,
  iso,
  minute,
  plainMonitors,
  record,
  resetWorld,
  start,
  up,
} from "../testing/world.ts";

const path = "/api/monitoring/sla";

async function sla(query: string, at: number): Promise<SlaDocument> {
  return readAnswer(await ask(`${path}?${query}`, { at }), slaDocumentSchema);
}

async function slaOf(id: string, query: string, at: number) {
  const found = (await sla(query, at)).monitors.find((monitor) => monitor.id === id);
  if (!found) throw new Error(`no monitor ${id}`);
  return found;
}

/** Home is down from minute 3 to minute 5 everywhere, and until minute 6 in us-west. */
async function recordOutage(): Promise<void> {
  await record({ from: minute(0), to: minute(10) }, (monitor, region, time) => {
    if (monitor !== "home" || time < minute(3)) return up;
    return time < (region === "us-west" ? minute(6) : minute(5)) ? down() : up;
  });
}

beforeEach(async () => {
  await resetWorld();
  await applyConfig(configOf(plainMonitors("home", "login")));
});

describe("GET /api/monitoring/sla", () => {
  it("is the transitions' difference to the second, overall and per region", async () => {
    await recordOutage();
    const at = minute(9) + 40;
    const home = await slaOf("home", "window=24h", at);
    expect(home.window).toEqual({ from: iso(start), to: iso(at) });
    expect(home.overall).toEqual({
      availability: 460 / 580,
      percent: 79.3103,
      worst: 460 / 580,
      best: 460 / 580,
      // Degraded while only us-west still fails.
      upSeconds: 400,
      degradedSeconds: 60,
      downSeconds: 120,
      unknownSeconds: 0,
      excludedSeconds: 0,
      outages: 1,
      mttrSeconds: 120,
      mtbfSeconds: 460,
      longestOutageSeconds: 120,
      target: 0.999,
      met: false,
      budget: { totalSeconds: 0.58, leftSeconds: -119.42, leftFraction: -119.42 / 0.58 },
      coverage: { expectedChecks: 10, coveredChecks: 10, fraction: 1 },
    });
    expect(home.regions["us-east"]).toMatchObject({ downSeconds: 120, upSeconds: 460 });
    expect(home.regions["us-west"]).toMatchObject({ downSeconds: 180, upSeconds: 400 });
    const { results } = await env.DB.prepare(
      "SELECT at, to_status FROM transitions WHERE monitor = 1 AND scope = 0 ORDER BY at",
    ).all<{ at: number; to_status: string }>();
    expect(results.map((row) => row.to_status)).toEqual(["up", "down", "degraded", "up"]);
    const [, fell, rose] = results;
    expect((rose?.at ?? 0) - (fell?.at ?? 0)).toBe(home.overall.downSeconds);
  });

  it("cuts an outage at the window's edges, whatever the second", async () => {
    await recordOutage();
    const at = minute(9) + 40;
    const from = iso(minute(3) + 17);
    const to = iso(minute(4) + 1);
    const home = await slaOf("home", `from=${from}&to=${to}`, at);
    expect(home.window).toEqual({ from, to });
    expect(home.overall).toMatchObject({ downSeconds: 44, upSeconds: 0, availability: 0 });
  });

  it("takes dates, offsets and fractions of a second", async () => {
    await recordOutage();
    const query = "from=2026-09-21&to=2026-09-21T16:17:00.900%2B02:00";
    const { window } = await sla(query, minute(9));
    expect(window).toEqual({ from: "2026-09-21T00:00:00Z", to: "2026-09-21T14:17:00Z" });
  });

  it("counts time without any region as unknown, neither up nor down", async () => {
    await record({ from: minute(0), to: minute(4) }, allUp);
    await record({ from: minute(7), to: minute(10) }, allUp);
    const home = await slaOf("home", "window=1h", minute(9) + 59);
    expect(home.overall).toMatchObject({
      upSeconds: 419,
      downSeconds: 0,
      unknownSeconds: 180,
      availability: 1,
      met: true,
      worst: 419 / 599,
      best: 1,
      coverage: { expectedChecks: 10, coveredChecks: 7, fraction: 0.7 },
    });
  });

  it("counts a region's own gap in that region only", async () => {
    await record({ from: minute(0), to: minute(10) }, (_, region, time) =>
      region === "eu-west" && time >= minute(2) && time < minute(5) ? null : up,
    );
    const { overall, regions } = await slaOf("home", "window=1h", minute(9) + 30);
    expect(overall).toMatchObject({ unknownSeconds: 0, coverage: { fraction: 1 } });
    expect(regions["eu-west"]).toMatchObject({
      upSeconds: 390,
      unknownSeconds: 180,
      coverage: { expectedChecks: 10, coveredChecks: 7 },
    });
  });

  it("keeps an outage that nobody saw the middle of one outage", async () => {
    await record({ from: minute(0), to: minute(2) }, allUp);
    await record({ from: minute(2), to: minute(4) }, () => down());
    await record({ from: minute(6), to: minute(8) }, () => down());
    await record({ from: minute(8), to: minute(9) }, allUp);
    const { overall } = await slaOf("home", "window=1h", minute(8) + 30);
    expect(overall).toMatchObject({
      upSeconds: 150,
      downSeconds: 240,
      unknownSeconds: 120,
      outages: 1,
    });
  });

  it("does not call the seconds unknown whose round is on its way", async () => {
    await record({ from: minute(0), to: minute(2) }, allUp);
    const fresh = await sla("window=1h", minute(2) + 55);
    expect(fresh).toMatchObject({ asOf: iso(minute(2)), stale: false });
    expect(fresh.window.to).toBe(iso(minute(2)));
    expect(fresh.monitors[0]?.overall.unknownSeconds).toBe(0);
  });

  it("ends each monitor's window with its own rounds, fast or slow", async () => {
    await resetWorld();
    const [fast, slow] = plainMonitors("fast", "slow");
    if (!fast || !slow) throw new Error("two monitors expected");
    await applyConfig(configOf([{ ...fast, intervalSeconds: 10, budgetMs: 5_000 }, slow]));
    await record({ from: minute(0), to: minute(2) }, allUp);
    // The slow round of this minute is on its way while three fast ones are recorded.
    await record({ from: minute(2), to: minute(2) + 30 }, (monitor) =>
      monitor === "slow" ? null : up,
    );
    const { asOf, monitors } = await sla("window=1h", minute(2) + 40);
    expect(asOf).toBe(iso(minute(2) + 30));
    expect(monitors.map(({ window }) => window.to)).toEqual([iso(minute(2) + 30), iso(minute(2))]);
    expect(monitors.map(({ overall }) => overall.unknownSeconds)).toEqual([0, 0]);
  });

  it("counts the time since the last round as unknown once it is stale", async () => {
    await record({ from: minute(0), to: minute(2) }, allUp);
    const stale = await sla("window=1h", minute(4) + 1);
    expect(stale).toMatchObject({ asOf: iso(minute(2)), stale: true });
    expect(stale.monitors[0]?.window.to).toBe(iso(minute(4) + 1));
    expect(stale.monitors[0]?.overall).toMatchObject({ upSeconds: 120, unknownSeconds: 121 });
  });

  it("begins with the monitor, and after its removal anew", async () => {
    await record({ from: minute(0), to: minute(2) }, allUp);
    await record({ from: minute(2), to: minute(3) }, () => down());
    await applyConfig(configOf(plainMonitors("login")), minute(3));
    await record({ from: minute(3), to: minute(5) }, allUp);
    const back = minute(5) + 10;
    await applyConfig(configOf(plainMonitors("home", "login")), back);
    await record({ from: minute(5), to: minute(8) }, (monitor, _, time) =>
      monitor === "home" && time === minute(5) ? null : up,
    );
    const home = await slaOf("home", "window=24h", minute(7) + 30);
    expect(home.window.from).toBe(iso(minute(5)));
    // Until its first result nothing is known of it: its former life ended down, and says nothing.
    expect(home.overall).toMatchObject({ unknownSeconds: 60, upSeconds: 90, downSeconds: 0 });
    expect(home.overall.coverage).toMatchObject({ expectedChecks: 3, coveredChecks: 3 });
  });

  it("is null, not a hundred percent, where nothing is known", async () => {
    const { monitors, total } = await sla("window=1h", start + 30);
    expect(monitors[0]?.overall).toMatchObject({
      availability: null,
      percent: null,
      met: null,
      worst: 0,
      best: 1,
      unknownSeconds: 30,
    });
    expect(total).toMatchObject({ monitors: 2, met: 0, missed: 0 });
  });

  it("is empty for a window before the monitor was added", async () => {
    const home = await slaOf("home", "from=2026-01-01&to=2026-01-02", start + 30);
    expect(home.overall).toMatchObject({ availability: null, worst: null, unknownSeconds: 0 });
    expect(home.overall.coverage).toEqual({ expectedChecks: 0, coveredChecks: 0, fraction: null });
  });

  it("sums up over monitors, every second alike", async () => {
    await recordOutage();
    const { total } = await sla("window=1h", minute(9) + 40);
    expect(total).toMatchObject({ monitors: 2, met: 1, missed: 1 });
    expect(total.overall).toMatchObject({
      upSeconds: 400 + 580,
      degradedSeconds: 60,
      downSeconds: 120,
      availability: 1040 / 1160,
      outages: 1,
      coverage: { expectedChecks: 20, coveredChecks: 20 },
    });
    expect(total.regions["us-west"]).toMatchObject({ downSeconds: 180 });
  });

  it("can be narrowed to a monitor and a region", async () => {
    await recordOutage();
    const narrow = await sla("window=1h&monitor=home&region=us-west", minute(9) + 40);
    expect(narrow.monitors.map(({ id }) => id)).toEqual(["home"]);
    expect(Object.keys(narrow.monitors[0]?.regions ?? {})).toEqual(["us-west"]);
    expect(Object.keys(narrow.total.regions)).toEqual(["us-west"]);
    expect(narrow.total.overall.downSeconds).toBe(120);
  });

  it("lists outages where that is asked for", async () => {
    await recordOutage();
    const at = minute(9) + 40;
    const home = await slaOf("home", "window=1h&outages=true", at);
    const outage = { from: iso(minute(3)), to: iso(minute(5)), downSeconds: 120, ongoing: false };
    expect(home.overall.outageList).toEqual([outage]);
    expect(home.regions["us-west"]?.outageList).toEqual([
      { ...outage, to: iso(minute(6)), downSeconds: 180 },
    ]);
    const plain = await slaOf("home", "window=1h&outages=false", at);
    expect(plain.overall.outageList).toBeUndefined();
  });

  it("is of a period of the calendar in a time zone, as far as it is known", async () => {
    await recordOutage();
    const at = minute(9) + 40;
    // The world begins at 14:14 in UTC: in Auckland it is the next day.
    const document = await sla("period=day&zone=Pacific/Auckland&monitor=home", at);
    expect(document.window).toEqual({ from: "2026-09-21T12:00:00Z", to: iso(at) });
    expect(document.period).toEqual({
      kind: "day",
      name: "2026-09-22",
      zone: "Pacific/Auckland",
      from: "2026-09-21T12:00:00Z",
      to: "2026-09-22T12:00:00Z",
    });
    const { overall } = document.monitors[0] ?? {};
    expect(overall?.downSeconds).toBe(120);
    // 580 seconds are known, and the rest of the day can still be spent.
    const rest = Date.parse("2026-09-22T12:00:00Z") / 1000 - at;
    expect(overall?.budget.totalSeconds).toBeCloseTo((580 + rest) / 1000, 3);
    const before = await sla("period=day&of=previous&monitor=home", at);
    expect(before.period?.name).toBe("2026-09-20");
    expect(before.monitors[0]?.overall.availability).toBeNull();
  });

  it("sums up groups, by the weight of their monitors", async () => {
    await resetWorld();
    const [home, login, other] = plainMonitors("home", "login", "other");
    if (!home || !login || !other) throw new Error("three monitors expected");
    const monitors = [
      { ...home, group: "Pages", weight: 3 },
      { ...login, group: "Pages" },
      { ...other, group: "Rest" },
    ];
    await applyConfig(configOf(monitors));
    await recordOutage();
    const { groups, total } = await sla("window=1h", minute(9) + 40);
    expect(groups.map(({ name, monitors: count }) => [name, count])).toEqual([
      ["Pages", 2],
      ["Rest", 1],
    ]);
    // Home was up for 460 of 580 seconds and counts thrice.
    expect(groups[0]?.overall.availability).toBe((3 * 460 + 580) / (4 * 580));
    expect(groups[0]).toMatchObject({ met: 1, missed: 1, overall: { downSeconds: 120 } });
    expect(groups[0]?.regions["us-west"]?.availability).toBe((3 * 400 + 580) / (4 * 580));
    expect(groups[1]?.overall.availability).toBe(1);
    expect(total.overall.availability).toBe((3 * 460 + 2 * 580) / (5 * 580));
    const narrow = await sla("window=1h&group=Rest", minute(9) + 40);
    expect(narrow.monitors.map(({ id }) => id)).toEqual(["other"]);
    expect(narrow.groups).toHaveLength(1);
  });

  it("leaves out maintenance that is declared afterwards", async () => {
    await recordOutage();
    const at = minute(9) + 40;
    const timing = { kind: "once", from: iso(minute(2)), to: iso(minute(4) + 30) };
    const declared = await ask("/api/monitoring/maintenance", {
      at,
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: "Move", timing, selector: { kind: "monitors", ids: ["home"] } }),
    });
    expect(declared.status).toBe(201);
    const home = await slaOf("home", "window=1h&outages=true", at);
    expect(home.overall).toMatchObject({
      upSeconds: 400 - 60,
      degradedSeconds: 60,
      downSeconds: 30,
      excludedSeconds: 150,
      outages: 1,
      mttrSeconds: 30,
      availability: 400 / 430,
    });
    // It began in maintenance: it is an outage from the end of that on.
    expect(home.overall.outageList?.[0]?.from).toBe(iso(minute(4) + 30));
    const login = await slaOf("login", "window=1h", at);
    expect(login.overall.excludedSeconds).toBe(0);
  });

  it("counts the time before a change of interval by the interval of then", async () => {
    await record({ from: minute(0), to: minute(10) }, allUp);
    const faster = plainMonitors("home", "login").map((one) => ({
      ...one,
      intervalSeconds: 30,
      budgetMs: 9_000,
    }));
    await applyConfig(configOf(faster), minute(10));
    await record({ from: minute(10), to: minute(20) }, allUp);
    const home = await slaOf("home", `from=${iso(minute(2))}&to=${iso(minute(18))}`, minute(20));
    expect(home.overall).toMatchObject({ upSeconds: 960, unknownSeconds: 0, availability: 1 });
  });

  it("asks the database as often for thirty monitors as for two", async () => {
    await record({ from: minute(0), to: minute(2) }, allUp);
    const few = countingDatabase(env.DB);
    await ask(`${path}?window=1h`, { at: minute(1) + 30, environment: { DB: few.database } });
    const ids = Array.from({ length: 30 }, (_, index) => `monitor-${index}`);
    await applyConfig(configOf(plainMonitors(...ids)), minute(2));
    await record({ from: minute(2), to: minute(3) }, allUp);
    const many = countingDatabase(env.DB);
    const response = await ask(`${path}?window=1h`, {
      at: minute(2) + 30,
      environment: { DB: many.database },
    });
    expect((await readAnswer(response, slaDocumentSchema)).monitors).toHaveLength(30);
    // Plan, newest coverage; coverage, status changes (two at most), planned time, schedules (two).
    expect(few.statements()).toBe(8);
    expect(many.statements()).toBe(8);
  });

  const wrongWindow =
    "a whole number and a unit, m, h or d, up to 3660d: for example 90m, 24h, 7d, 30d, 90d";
  const wrongInstant =
    "an ISO 8601 date, or date and time with Z or an offset (+ is written %2B in a URL), given once";
  const wrongPeriod = "day, week, month or quarter";
  const wrongZone = "an IANA time zone, for example UTC or Europe/Berlin";
  const refused: readonly (readonly [query: string, field: string, message: string])[] = [
    ["window=24", "window", wrongWindow],
    ["window=24w", "window", wrongWindow],
    ["window=0h", "window", wrongWindow],
    ["window=-1h", "window", wrongWindow],
    ["window=1.5h", "window", wrongWindow],
    ["window=3661d", "window", wrongWindow],
    ["window=", "window", wrongWindow],
    ["window=1h&window=2h", "window", `${wrongWindow}, given once`],
    ["window=1h&from=2026-09-21", "window", "either window, or from and to, not both"],
    ["to=2026-09-21", "from", "needed where to is given"],
    ["from=yesterday", "from", wrongInstant],
    ["from=2026-13-01", "from", wrongInstant],
    ["from=2026-09-21T10:00:00", "from", wrongInstant],
    ["from=2026-09-21T10:00:00+02:00", "from", wrongInstant],
    ["from=2026-09-21&to=2026-09-20", "from", "before to"],
    ["from=2026-09-21&to=2026-09-21", "from", "before to"],
    ["from=2027-01-01", "from", "a moment in the past"],
    ["from=2026-09-20&to=2027-01-01", "to", "not in the future; leave it out for now"],
    ["period=year", "period", `${wrongPeriod}, given once`],
    ["period=", "period", `${wrongPeriod}, given once`],
    ["period=day&period=week", "period", `${wrongPeriod}, given once`],
    [
      "period=day&window=7d",
      "period",
      "either period, or window, or from and to, not several of them",
    ],
    [
      "period=day&from=2026-09-20",
      "period",
      "either period, or window, or from and to, not several of them",
    ],
    ["period=day&of=2026-09", "of", "present, previous, or a day, for example 2026-10-05"],
    ["period=day&of=2026-02-30", "of", "present, previous, or a day, for example 2026-10-05"],
    [
      "period=week&of=2025-W53",
      "of",
      "present, previous, or a week of ISO 8601, for example 2026-W41",
    ],
    ["period=month&of=2026-13", "of", "present, previous, or a month, for example 2026-10"],
    ["period=month&of=", "of", "present, previous, or a month, for example 2026-10"],
    ["period=quarter&of=2026-Q5", "of", "present, previous, or a quarter, for example 2026-Q4"],
    ["period=month&of=next", "of", "present, previous, or a month, for example 2026-10"],
    ["period=month&of=2026-10", "of", "one that has begun"],
    ["of=2026-09", "of", "only together with period"],
    ["period=day&zone=Mars/Olympus", "zone", wrongZone],
    ["period=day&zone=%2B02:00", "zone", wrongZone],
    ["period=day&zone=", "zone", wrongZone],
    ["period=day&zone=UTC&zone=UTC", "zone", `${wrongZone}, given once`],
    [
      "window=7d&zone=UTC",
      "zone",
      "only together with period; from and to say their offset themselves",
    ],
    ["group=Nothing", "group", "no such group; allowed: NetPost"],
    ["group=a&group=b", "group", "one name, given once"],
    ["group=NetPost&monitor=home", "group", "either monitor or group, not both"],
    ["outages=yes", "outages", "true or false, given once"],
    ["monitor=nothing", "monitor", "no such monitor; allowed: home, login"],
    ["region=mars", "region", "no such region; allowed: us-east, us-west, eu-west"],
    ["windw=7d", "query", "has a parameter that this route does not take"],
  ];
  it.each(refused)("refuses ?%s", async (query, field, message) => {
    const response = await ask(`${path}?${query}`, { at: minute(9) });
    const problem = await readProblem(response, "invalid-request", 400);
    expect(problem.errors).toEqual([{ field, message }]);
  });

  it("names every mistake at once", async () => {
    const query = "from=2027-01-01&monitor=nothing&region=mars";
    const response = await ask(`${path}?${query}`, { at: minute(9) });
    const { errors } = await readProblem(response, "invalid-request", 400);
    expect(errors?.map(({ field }) => field)).toEqual(["from", "monitor", "region"]);
  });
});
