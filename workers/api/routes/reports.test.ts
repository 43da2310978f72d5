import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import {
  reportHeadSchema,
  reportListSchema,
  storedReportSchema,
  verificationSchema,
} from "../../../shared/contract/api/reports.ts";
import { digestOf, pack, unpack } from "../../../shared/measure/report-digest.ts";
import { insertMaintenance } from "../../../shared/storage/maintenance.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { rollUpSlice } from "../../../shared/storage/roll-up-slice.ts";
import { readWork } from "../../../shared/storage/rollup-work.ts";
import { decide, outageSample } from "../testing/alerting.ts";
import { readAnswer, readProblem } from "../testing/read-answer.ts";
import {
  adminToken,
  applyConfig,
  ask,
  configOf,
  down,
  plainMonitors,
  readerKey,
  record,
  resetWorld,
  up,
} from "../testing/world.ts";

const path = "/api/monitoring/reports";
const at = (text: string) => Date.parse(text) / 1000;

/** A day in Berlin, recorded from an hour before to an hour after it. */
const day = { from: at("2026-09-21T22:00:00Z"), to: at("2026-09-22T22:00:00Z") };
const now = day.to + 3_600;
const names = ["=evil()", '<script>alert("x")</script>'];

/** Home fails for twenty minutes; login is down from 23:50 until ten minutes into the next day. */
const outages: Readonly<Record<string, readonly [number, number]>> = {
  home: [day.from + 36_000, day.from + 37_200],
  login: [day.to - 600, day.to + 600],
};

async function rollUpAll(until: number): Promise<void> {
  const plan = await readPlan(env.DB);
  for (;;) {
    const [work] = await readWork(env.DB, until - 3_600);
    if (!work) return;
    await rollUpSlice(env.DB, plan, work, 1_000_000);
  }
}

beforeAll(async () => {
  await resetWorld();
  const [first = "", second = ""] = names;
  const monitors = plainMonitors("home", "login").map((monitor, index) => ({
    ...monitor,
    name: [first, second][index] ?? "",
    group: "Pages",
  }));
  await applyConfig(
    { ...configOf(monitors), reports: { zone: "Europe/Berlin" } },
    day.from - 3_600,
  );
  await record(
    { from: day.from - 3_600, to: now },
    (monitor, _, time) => {
      const [from = 0, to = 0] = outages[monitor] ?? [];
      return time >= from && time < to ? down() : up;
    },
    60,
  );
  await rollUpAll(now);
});

const order = (body: unknown, options: { time?: number; key?: string | null } = {}) =>
  ask(path, {
    at: options.time ?? now,
    key: options.key === undefined ? adminToken : options.key,
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

const read = async (number: number) =>
  readAnswer(await ask(`${path}/${number}`, { at: now }), storedReportSchema);

const verify = async (number: number, time = now) =>
  readAnswer(await ask(`${path}/${number}/verify`, { at: time }), verificationSchema);

// One story: each part goes on where the one before it ended.
/** Makes an outage what people handle, as the tick does that records it. */
async function handleOutage(number: number, time: number): Promise<void> {
  const outage = await env.DB.prepare(
    `SELECT monitors.id, started_at, detected_at FROM outages
     JOIN monitors ON monitors.number = outages.monitor WHERE outages.number = ?1`,
  )
    .bind(number)
    .first<{ id: string; started_at: number; detected_at: number }>();
  if (outage === null) throw new Error(`no outage ${number}`);
  await decide([outageSample(outage.id, outage.started_at, outage.detected_at)], time);
}

describe("a report", () => {
  it("is made of the last day that is over, in the configured zone", async () => {
    const response = await order({ kind: "daily" });
    expect(response.status).toBe(201);
    expect(response.headers.get("Location")).toBe(`${path}/1`);
    expect(reportHeadSchema.parse(await response.json())).toMatchObject({
      number: 1,
      kind: "daily",
      zone: "Europe/Berlin",
      name: "2026-09-22",
      period: { from: "2026-09-21T22:00:00Z", to: "2026-09-22T22:00:00Z" },
      edition: 1,
      madeBy: "admin",
    });
  });

  it("holds the day's figures and no second of the next", async () => {
    const { report } = await read(1);
    const figures = report.monitors.map(({ id, figures: own }) => {
      return [id, own.downSeconds, own.outages, own.unknownSeconds, own.longestOutageSeconds];
    });
    expect(figures).toEqual([
      ["home", 1_200, 1, 0, 1_200],
      ["login", 600, 1, 0, 600],
    ]);
    expect(report.total.figures).toMatchObject({
      downSeconds: 1_800,
      outages: 2,
      mttrSeconds: 900,
      expectedChecks: 2_880,
      coveredChecks: 2_880,
    });
    expect(report.total).toMatchObject({ monitors: 2, met: 0, missed: 2 });
    expect(report.monitors[0]?.budget).toMatchObject({ totalSeconds: 86.4, leftSeconds: -1_113.6 });
    expect(report.monitors[0]?.regions.map(({ id }) => id)).toEqual([
      "us-east",
      "us-west",
      "eu-west",
    ]);
    // 24 hours of minutes from three regions; of a failed check there is no response time.
    expect(report.monitors[0]?.latency.count).toBe((1_440 - 20) * 3);
    expect(report.outages.total).toBe(2);
    expect(report.outages.listed).toMatchObject([
      {
        monitor: { id: "home" },
        secondsInPeriod: 1_200,
        endedAt: "2026-09-22T08:20:00Z",
        reopenings: 0,
      },
      { monitor: { id: "login" }, secondsInPeriod: 600, endedAt: null, reopenings: null },
    ]);
    const kpi = (id: string) => report.kpis.find((one) => one.id === id);
    expect(kpi("timeToRecover")).toMatchObject({
      value: 1_200,
      from: { outages: 1, stillOpen: 1 },
    });
    expect(kpi("alertAccuracy")).toMatchObject({ value: 100, met: true });
    expect(kpi("healthScore")).toMatchObject({ value: null, met: null });
    expect(kpi("uptime")).toMatchObject({ met: false });
  });

  it("has a digest that anybody can compute again", async () => {
    const { report, digest } = await read(1);
    expect(await digestOf(report)).toBe(digest);
  });

  it("is made once: the same numbers are the same report", async () => {
    const response = await order({ kind: "daily", period: "2026-09-22", zone: "europe/berlin" });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ number: 1, edition: 1 });
  });

  it("comes out the same again, also after what came after", async () => {
    await record({ from: now, to: now + 1_800 }, () => down(), 30);
    await rollUpAll(now + 7_200);
    const verification = await verify(1, now + 1_800);
    expect(verification).toMatchObject({ same: true, intact: true, reasons: [], differences: [] });
  });

  it("says which exclusion was declared afterwards, and gets another edition", async () => {
    await insertMaintenance(env.DB, {
      kind: "exclusion",
      name: "Provider's fault",
      reason: null,
      versions: [
        {
          from: 0,
          until: null,
          selector: { kind: "monitors", ids: ["home"] },
          timing: { kind: "once", from: day.from + 36_000, to: day.from + 37_200 },
        },
      ],
      createdAt: now + 100,
      createdBy: "admin",
      cancelledAt: null,
      withdrawnAt: null,
    });
    const verification = await verify(1);
    expect(verification).toMatchObject({ same: false, intact: true });
    expect(verification.reasons).toEqual([
      "excluded time is another one than it was: Provider's fault, declared at 2026-09-22T23:01:40Z",
    ]);
    expect(verification.differences).toContainEqual({
      path: "monitors[home].figures.downSeconds",
      was: 1_200,
      is: 0,
    });
    await handleOutage(2, now + 150);
    const response = await order({ kind: "daily" }, { time: now + 200 });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ number: 2, edition: 2 });
    expect((await read(1)).report.monitors[0]?.figures.downSeconds).toBe(1_200);
    const { report } = await read(2);
    expect(report.monitors[0]?.figures).toMatchObject({ downSeconds: 0, excludedSeconds: 1_200 });
    expect(report.exclusions).toMatchObject([{ name: "Provider's fault", monitors: 1 }]);
    expect(await verify(2)).toMatchObject({ same: true });
  });

  it("says that an outage was marked as a false alarm since", async () => {
    const mark = (method: string, time: number) =>
      ask("/api/monitoring/incidents/1/false-alarm", {
        at: time,
        method,
        ...(method === "POST"
          ? { headers: { "Content-Type": "application/json" }, body: '{"by":"Ada"}' }
          : {}),
      });
    expect((await mark("POST", now + 300)).status).toBe(200);
    const { same, reasons } = await verify(2);
    expect({ same, reasons }).toEqual({
      same: false,
      reasons: ["outages are other ones than they were (marked as false alarms since: #2)"],
    });
    expect((await mark("DELETE", now + 400)).status).toBe(200);
    expect(await verify(2)).toMatchObject({ same: true });
  });

  it("is verified by the plan of then, whatever was applied since", async () => {
    await applyConfig(configOf(plainMonitors("other")), now + 2_000);
    expect(await verify(2)).toMatchObject({ same: true });
  });

  it("shows that it was altered where it is kept", async () => {
    const row = await env.DB.prepare(
      "SELECT body FROM report_parts WHERE report = 2",
    ).first<string>("body");
    const text = await unpack(row ?? "");
    const altered = text.replace('"downSeconds":600', '"downSeconds":1');
    await env.DB.prepare("UPDATE report_parts SET body = ?1 WHERE report = 2")
      .bind(await pack(altered))
      .run();
    const { intact, same, reasons } = await verify(2);
    expect({ intact, same }).toEqual({ intact: false, same: false });
    expect(reasons[0]).toContain("was altered");
  });

  it("can be of a day with 25 hours of which nothing is known", async () => {
    const time = at("2026-10-26T12:00:00Z");
    const response = await order(
      { kind: "daily", period: "2026-10-25", zone: "America/New_York" },
      { time },
    );
    expect(response.status).toBe(201);
    const autumn = await order(
      { kind: "daily", period: "2026-10-25", zone: "Europe/Berlin" },
      { time },
    );
    const { number } = reportHeadSchema.parse(await autumn.json());
    const { report } = await read(number);
    expect(report.period).toEqual({ from: "2026-10-24T22:00:00Z", to: "2026-10-25T23:00:00Z" });
    expect(report.total.figures).toMatchObject({ unknownSeconds: 90_000, availability: null });
    expect(report.total).toMatchObject({ met: 0, missed: 0, notKnown: 1 });
    expect(report.kpis.every(({ met }) => met === null)).toBe(true);
  });
});

describe("the formats of a report", () => {
  const get = (query: string, accept?: string) =>
    ask(`${path}/1${query}`, { at: now, headers: accept === undefined ? {} : { Accept: accept } });

  it.each([
    ["", undefined, "application/json"],
    ["", "application/json", "application/json"],
    ["", "text/csv", "text/csv; charset=utf-8; header=present"],
    ["", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "text/html; charset=UTF-8"],
    ["?format=json", "text/html", "application/json"],
    ["?format=csv", undefined, "text/csv; charset=utf-8; header=present"],
    ["?format=html", "application/json", "text/html; charset=UTF-8"],
  ])("with %j and Accept %j is %s", async (query, accept, type) => {
    const response = await get(query, accept);
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe(type);
    expect(response.headers.get("Vary")).toContain("Accept");
  });

  it("as CSV lets no name become a formula", async () => {
    const response = await get("?format=csv&table=availability");
    expect(response.headers.get("Content-Disposition")).toBe(
      'attachment; filename="sla-daily-2026-09-22-availability.csv"',
    );
    const text = await response.text();
    expect(text).toContain(`"'=evil()"`);
    expect(text).not.toMatch(/(^|,)"?=evil/m);
  });

  it("as a page runs nothing and fetches nothing", async () => {
    const response = await get("?format=html");
    expect(response.headers.get("Content-Security-Policy")).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; frame-ancestors 'none'/,
    );
    const page = await response.text();
    expect(page).not.toContain("<script");
    expect(page).toContain("&#60;script&#62;");
    expect(page).toContain("Tuesday 22 September 2026");
  });
});

describe("the list of reports", () => {
  it("is newest first, and pages", async () => {
    const list = async (query: string) =>
      readAnswer(await ask(`${path}${query}`, { at: now }), reportListSchema);
    const all = await list("");
    expect(all.reports.map(({ number }) => number)).toEqual([4, 3, 2, 1]);
    const first = await list("?limit=3&kind=daily");
    expect(first.nextCursor).toBe("2");
    expect((await list(`?limit=3&cursor=${first.nextCursor}`)).reports).toHaveLength(1);
    expect((await list("?kind=monthly")).reports).toEqual([]);
  });
});

describe("bad input", () => {
  const zone = "an IANA time zone, for example UTC or Europe/Berlin";
  const orders: readonly (readonly [unknown, string, string])[] = [
    [{}, "kind", "daily, weekly or monthly"],
    [{ kind: "yearly" }, "kind", "daily, weekly or monthly"],
    [{ kind: "daily", zone: "Mars/Olympus" }, "zone", zone],
    [{ kind: "daily", zone: "+02:00" }, "zone", zone],
    [{ kind: "daily", zone: 7 }, "zone", zone],
    [
      { kind: "daily", period: "2026-02-30" },
      "period",
      "a day as YYYY-MM-DD, for example 2026-11-22",
    ],
    [
      { kind: "weekly", period: "2026-09-22" },
      "period",
      "a week as YYYY-Www, for example 2026-W47",
    ],
    [{ kind: "monthly", period: "2026-13" }, "period", "a month as YYYY-MM, for example 2026-11"],
    [{ kind: "daily", period: "2026-09-23" }, "period", "a period that is over"],
    [{ kind: "daily", period: 1 }, "period", "the name of a period"],
    [{ kind: "daily", from: 1 }, "body", "has a field that this route does not take"],
  ];
  it.each(orders)("in the order %j is named: %s", async (body, field, message) => {
    const problem = await readProblem(await order(body), "invalid-request", 400);
    expect(problem.errors).toEqual([{ field, message }]);
  });

  const queries = [
    ["?kind=yearly", "kind", "daily, weekly or monthly, given once"],
    ["?limit=0", "limit", "a whole number from 1 to 100"],
    ["?limit=1e1", "limit", "a whole number from 1 to 100"],
    ["?cursor=-1", "cursor", "the nextCursor of an earlier answer"],
    ["?page=2", "query", "has a parameter that this route does not take"],
    ["/x", "number", "the number of a report, as the list gives it"],
    ["/0", "number", "the number of a report, as the list gives it"],
    ["/1.5/verify", "number", "the number of a report, as the list gives it"],
    ["/1?format=pdf", "format", "json, csv or html, given once"],
    [
      "/1?format=csv&table=everything",
      "table",
      "availability, outages, kpis, exclusions, given once",
    ],
    ["/1?format=json&table=kpis", "table", "only together with format=csv"],
  ] as const;
  it.each(queries)("in %s is named", async (query, field, message) => {
    const response = await ask(`${path}${query}`, { at: now });
    const problem = await readProblem(response, "invalid-request", 400);
    expect(problem.errors).toEqual([{ field, message }]);
  });

  it("of a report that is not there is a 404", async () => {
    for (const query of ["/99", "/99/verify", "/99?format=html"]) {
      await readProblem(await ask(`${path}${query}`, { at: now }), "not-found", 404);
    }
  });

  it("without the admin token orders and marks nothing, and learns nothing", async () => {
    await readProblem(await order({ kind: "x" }, { key: null }), "unauthorized", 401);
    await readProblem(await order({ kind: "x" }, { key: readerKey }), "forbidden", 403);
    for (const method of ["POST", "DELETE"]) {
      const response = await ask("/api/monitoring/incidents/x/false-alarm", {
        at: now,
        key: readerKey,
        method,
      });
      await readProblem(response, "forbidden", 403);
    }
  });
});
