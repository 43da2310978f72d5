import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import {
  type MaintenanceDocument,
  maintenanceListSchema,
  singleMaintenanceSchema,
} from "../../../shared/contract/api/maintenance.ts";
import { mutedListSchema } from "../../../shared/contract/api/muted.ts";
import { readAnswer, readProblem } from "../testing/read-answer.ts";
import {
  applyConfig,
  ask,
  configOf,
  iso,
  minute,
  plainMonitors,
  readerKey,
  resetWorld,
  start,
} from "../testing/world.ts";

const path = "/api/monitoring/maintenance";
const hour = 3_600;
const day = 86_400;

interface Sent {
  readonly at?: number;
  readonly key?: string;
  readonly body?: unknown;
}

function send(method: string, to: string, { at = start, body, ...rest }: Sent = {}) {
  return ask(to, {
    at,
    method,
    ...rest,
    headers: { "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const weekly = { kind: "recurring", cron: "0 2 * * 0", timeZone: "UTC", durationMinutes: 120 };
const once = { kind: "once", from: iso(start + hour), to: iso(start + 2 * hour) };

async function declare(body: unknown, at = start): Promise<MaintenanceDocument> {
  const response = await send("POST", path, { at, body });
  expect(response.status, await response.clone().text()).toBe(201);
  return singleMaintenanceSchema.parse(await response.json()).window;
}

async function windowAt(id: number, at: number): Promise<MaintenanceDocument> {
  return (await readAnswer(await ask(`${path}/${id}`, { at }), singleMaintenanceSchema)).window;
}

beforeEach(async () => {
  await resetWorld();
  await applyConfig(configOf(plainMonitors("home", "login")));
});

describe("a maintenance window", () => {
  it("tells what it muted, and how often", async () => {
    const { id } = await declare({ name: "Move", timing: once });
    const muted = `${path}/${id}/muted`;
    expect(await readAnswer(await ask(muted, { at: start }), mutedListSchema)).toEqual({
      count: 0,
      muted: [],
    });
    const decide = (at: number, maintenance: number) =>
      env.DB.prepare(
        `INSERT INTO alert_decisions (alert, at, incident, decision, because, data)
         VALUES ('service-down/home', ?1, NULL, 'not-told', 'maintenance', ?2)`,
      ).bind(at, JSON.stringify({ level: "critical", detail: "status 500", maintenance }));
    await env.DB.batch([decide(start, id), decide(start + 60, id), decide(start + 120, id + 1)]);
    const answer = await readAnswer(await ask(muted, { at: start }), mutedListSchema);
    expect(answer.count).toBe(2);
    expect(answer.muted.map(({ at, level, detail }) => [at, level, detail])).toEqual([
      [iso(start + 60), "critical", "status 500"],
      [iso(start), "critical", "status 500"],
    ]);
    await readProblem(await ask(`${path}/4711/muted`, { at: start }), "unknown-maintenance", 404);
  });

  it("is declared, shown with what is upcoming, in force, and over", async () => {
    const declared = await declare({ name: "Move", reason: "New racks", timing: once });
    expect(declared).toEqual({
      id: declared.id,
      kind: "maintenance",
      name: "Move",
      reason: "New racks",
      state: "upcoming",
      selector: { kind: "all" },
      timing: once,
      startsAt: null,
      endsAt: null,
      active: null,
      upcoming: [{ from: once.from, to: once.to }],
      createdAt: iso(start),
      createdBy: "admin",
      cancelledAt: null,
      withdrawnAt: null,
    });
    expect(await windowAt(declared.id, start)).toEqual(declared);
    const active = await windowAt(declared.id, start + hour);
    expect(active).toMatchObject({ state: "active", upcoming: [] });
    expect(active.active).toEqual({ from: once.from, to: once.to });
    expect(await windowAt(declared.id, start + 2 * hour)).toMatchObject({ state: "over" });
  });

  it("comes again in its zone, at the same time of day whatever the clock does", async () => {
    const timing = { ...weekly, timeZone: "Europe/Berlin", durationMinutes: 90 };
    const { upcoming } = await declare({ name: "Weekly", timing });
    // The clocks go back on the 25th of October, at three.
    expect(upcoming).toEqual([
      { from: "2026-09-27T00:00:00Z", to: "2026-09-27T01:30:00Z" },
      { from: "2026-10-04T00:00:00Z", to: "2026-10-04T01:30:00Z" },
      { from: "2026-10-11T00:00:00Z", to: "2026-10-11T01:30:00Z" },
      { from: "2026-10-18T00:00:00Z", to: "2026-10-18T01:30:00Z" },
      { from: "2026-10-25T00:00:00Z", to: "2026-10-25T01:30:00Z" },
    ]);
  });

  it("that is rare is found years ahead", async () => {
    const timing = { ...weekly, cron: "0 2 29 2 *" };
    const { upcoming } = await declare({ name: "Leap day", timing });
    expect(upcoming.map(({ from }) => from)).toEqual([
      "2028-02-29T02:00:00Z",
      "2032-02-29T02:00:00Z",
    ]);
  });

  it("is changed from now on, and its past stays", async () => {
    const { id } = await declare({ name: "Weekly", timing: weekly });
    const sunday = Date.parse("2026-09-27T02:00:00Z") / 1000;
    const changed = await send("PATCH", `${path}/${id}`, {
      at: sunday + 600,
      body: { name: "Nightly", timing: { ...weekly, cron: "0 3 * * *", durationMinutes: 30 } },
    });
    const { window } = await readAnswer(changed, singleMaintenanceSchema);
    // What was in force when it was changed is over: the new timing is not in force yet.
    expect(window).toMatchObject({ name: "Nightly", state: "upcoming", active: null });
    expect(window.upcoming[0]).toEqual({
      from: "2026-09-27T03:00:00Z",
      to: "2026-09-27T03:30:00Z",
    });
    const before = await excluded("2026-09-27T02:00:00Z", "2026-09-27T03:30:00Z", sunday + day);
    expect(before).toBe(600 + 1_800);
  });

  it("is ended early, and comes again", async () => {
    const { id } = await declare({ name: "Weekly", timing: weekly });
    const sunday = Date.parse("2026-09-27T02:00:00Z") / 1000;
    await readProblem(await send("POST", `${path}/${id}/end`), "conflict", 409);
    const response = await send("POST", `${path}/${id}/end`, { at: sunday + 900 });
    const { window } = await readAnswer(response, singleMaintenanceSchema);
    expect(window).toMatchObject({ state: "upcoming", active: null });
    expect(window.upcoming[0]?.from).toBe("2026-10-04T02:00:00Z");
    expect(await excluded("2026-09-27T00:00:00Z", "2026-09-28T00:00:00Z", sunday + day)).toBe(900);
    expect(await windowAt(id, sunday + 7 * day)).toMatchObject({ state: "active" });
  });

  it("is cancelled for what is to come, and taken back only where that is said", async () => {
    const { id } = await declare({ name: "Move", timing: once });
    const cancelled = await send("DELETE", `${path}/${id}`, { at: start + hour + 600 });
    const { window } = await readAnswer(cancelled, singleMaintenanceSchema);
    expect(window).toMatchObject({ state: "over", cancelledAt: iso(start + hour + 600) });
    const later = start + day;
    expect(await excluded(iso(start), iso(start + 3 * hour), later)).toBe(600);
    const problem = await send("PATCH", `${path}/${id}`, { at: later, body: { timing: weekly } });
    await readProblem(problem, "conflict", 409);
    await send("DELETE", `${path}/${id}?withdraw=true`, { at: later });
    expect(await excluded(iso(start), iso(start + 3 * hour), later)).toBe(0);
    const again = await send("DELETE", `${path}/${id}`, { at: later });
    await readProblem(again, "conflict", 409);
  });

  it("that is past stays as it was, and can be named otherwise", async () => {
    const { id } = await declare({ name: "Move", timing: once });
    const later = start + day;
    const to = `${path}/${id}`;
    const problem = await send("PATCH", to, { at: later, body: { selector: { kind: "all" } } });
    expect((await readProblem(problem, "conflict", 409)).detail).toBe(
      "It is over, and the past stays as it was.",
    );
    const renamed = await send("PATCH", to, {
      at: later,
      body: { name: "The move", reason: null },
    });
    expect((await readAnswer(renamed, singleMaintenanceSchema)).window.name).toBe("The move");
    expect(await excluded(iso(start), iso(start + 3 * hour), later)).toBe(hour);
  });

  it("can be one that does not mute", async () => {
    const { kind } = await declare({ kind: "exclusion", name: "Carrier's fault", timing: once });
    expect(kind).toBe("exclusion");
  });
});

describe("the list of maintenance windows", () => {
  it("has those that are in force or upcoming, or all, a page at a time", async () => {
    const past = { kind: "once", from: iso(start - 2 * hour), to: iso(start - hour) };
    for (const timing of [past, once, weekly]) await declare({ name: "One", timing });
    const read = async (query: string) =>
      readAnswer(
        await ask(`${path}${query}`, { at: start, key: readerKey }),
        maintenanceListSchema,
      );
    expect((await read("")).windows.map(({ state }) => state)).toEqual(["upcoming", "upcoming"]);
    const first = await read("?state=all&limit=2");
    expect(first.windows.map(({ timing }) => timing.kind)).toEqual(["recurring", "once"]);
    const second = await read(`?state=all&limit=2&cursor=${first.nextCursor}`);
    expect(second.windows.map(({ state }) => state)).toEqual(["over"]);
    expect(second.nextCursor).toBeNull();
  });
});

describe("who may not", () => {
  it("reads with the monitoring key, and writes with the admin token only", async () => {
    const key = readerKey;
    const writes = [
      send("POST", path, { key, body: { nonsense: 1 } }),
      send("PATCH", `${path}/1`, { key, body: {} }),
      send("DELETE", `${path}/1`, { key }),
      send("POST", `${path}/1/end`, { key }),
    ];
    for (const write of writes) await readProblem(await write, "forbidden", 403);
  });

  it("finds no window that is not there", async () => {
    for (const response of [
      await ask(`${path}/77`, { at: start }),
      await send("PATCH", `${path}/77`, { body: { name: "x" } }),
      await send("DELETE", `${path}/77`),
      await send("POST", `${path}/77/end`),
    ]) {
      await readProblem(response, "unknown-maintenance", 404);
    }
  });
});

const names = "1 to 100 characters";
const aDay =
  "at most once a day: minute and hour each one number, for example 0 2 * * 0 or 30 22 * * 1-5";
const moment = "an ISO 8601 date and time with Z or an offset";
const minutesMessage = "a whole number of minutes, 1 to 1440";

describe("a window that is not valid", () => {
  const refused: readonly (readonly [unknown, string, string])[] = [
    [{ timing: once }, "name", names],
    [{ name: " ", timing: once }, "name", names],
    [{ name: "x".repeat(101), timing: once }, "name", names],
    [{ name: "x", timing: once, kind: "holiday" }, "kind", "maintenance or exclusion"],
    [{ name: "x", timing: once, reason: "" }, "reason", "1 to 500 characters"],
    [{ name: "x", timing: { ...once, from: "2026-10-01" } }, "timing.from", moment],
    [{ name: "x", timing: { ...once, to: once.from } }, "timing.to", "after timing.from"],
    [
      { name: "x", timing: { ...once, to: "2028-01-01T00:00:00Z" } },
      "timing.to",
      "at most 366 days after timing.from",
    ],
    [
      { name: "x", timing: { ...weekly, cron: "0 2 * *" } },
      "timing.cron",
      "five fields as in a crontab: minute, hour, day of month, month, day of week, for example 0 3 * * *",
    ],
    [
      { name: "x", timing: { ...weekly, cron: "0 2 31 2 *" } },
      "timing.cron",
      "a time that never comes",
    ],
    [{ name: "x", timing: { ...weekly, cron: "*/5 2 * * 0" } }, "timing.cron", aDay],
    [{ name: "x", timing: { ...weekly, cron: "0 2,3 * * 0" } }, "timing.cron", aDay],
    [
      { name: "x", timing: { ...weekly, timeZone: "Europe/Atlantis" } },
      "timing.timeZone",
      "an IANA time zone, for example UTC or Europe/Berlin",
    ],
    [
      { name: "x", timing: { ...weekly, durationMinutes: 0 } },
      "timing.durationMinutes",
      minutesMessage,
    ],
    [
      { name: "x", timing: { ...weekly, durationMinutes: 1.5 } },
      "timing.durationMinutes",
      minutesMessage,
    ],
    [
      { name: "x", timing: { ...weekly, durationMinutes: 1_441 } },
      "timing.durationMinutes",
      minutesMessage,
    ],
    [
      { name: "x", timing: once, startsAt: iso(start) },
      "startsAt",
      "only of a recurring window; timing.from says it",
    ],
    [
      { name: "x", timing: once, endsAt: iso(start) },
      "endsAt",
      "only of a recurring window; timing.to says it",
    ],
    [
      { name: "x", timing: weekly, endsAt: iso(start) },
      "endsAt",
      "after startsAt, which is now if left out",
    ],
    [
      { name: "x", timing: once, selector: { kind: "monitors", ids: ["home", "cellar"] } },
      "selector.ids",
      "names no such monitor; allowed: home, login",
    ],
    [
      { name: "x", timing: once, selector: { kind: "monitors", ids: [] } },
      "selector.ids",
      "at least one of the monitors' ids",
    ],
    [
      { name: "x", timing: once, selector: { kind: "groups", names: ["Cellar"] } },
      "selector.names",
      "names no such group; allowed: NetPost",
    ],
    [
      { name: "x", timing: once, selector: { kind: "tags", tags: ["blue"] } },
      "selector.tags",
      "names no such tag; there is none",
    ],
    [
      { name: "x", timing: once, colour: "red" },
      "body",
      "has a field that this route does not take",
    ],
  ];
  it.each(refused)("%j is refused", async (body, field, message) => {
    const problem = await readProblem(await send("POST", path, { body }), "invalid-request", 400);
    expect(problem.errors).toEqual([{ field, message }]);
  });

  it.each([
    [{ name: "x", timing: { kind: "twice" } }, "timing.kind"],
    [{ name: "x", timing: once, selector: { kind: "some" } }, "selector.kind"],
    [{ name: "x" }, "timing"],
  ])("%j is told what there is", async (body, field) => {
    const problem = await readProblem(await send("POST", path, { body }), "invalid-request", 400);
    expect(problem.errors?.[0]).toMatchObject({
      field,
      message: expect.stringMatching(/^one of /),
    });
  });

  it("says which id, state and limit are allowed", async () => {
    const cases = [
      [`${path}/first`, "id", "the number of a maintenance window"],
      [`${path}?state=old`, "state", "current or all, given once"],
      [`${path}?limit=0`, "limit", "a whole number, 1 to 100"],
      [`${path}?limit=many`, "limit", "a whole number, 1 to 100"],
      [`${path}?cursor=x`, "cursor", "the nextCursor of an earlier answer"],
    ] as const;
    for (const [to, field, message] of cases) {
      const problem = await readProblem(await ask(to, { at: start }), "invalid-request", 400);
      expect(problem.errors).toEqual([{ field, message }]);
    }
  });

  it("is refused as text of another type, and as no JSON at all", async () => {
    const headers = { "Content-Type": "text/plain" };
    const plain = await ask(path, { at: start, method: "POST", headers, body: "{}" });
    await readProblem(plain, "invalid-request", 400);
    const broken = await ask(path, {
      at: start,
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: "{",
    });
    await readProblem(broken, "invalid-request", 400);
  });

  it("cannot be changed into the past", async () => {
    const { id } = await declare({ name: "Move", timing: once });
    const response = await send("PATCH", `${path}/${id}`, {
      at: minute(5),
      body: { timing: { ...once, from: iso(start - 60), to: iso(start) }, endsAt: iso(start) },
    });
    const { errors } = await readProblem(response, "invalid-request", 400);
    expect(errors?.map(({ field }) => field)).toEqual(["timing.to", "endsAt"]);
  });
});

/** Seconds of a monitor's SLA that are left out between two moments. */
async function excluded(from: string, to: string, at: number): Promise<number> {
  const response = await ask(`/api/monitoring/sla?from=${from}&to=${to}&monitor=home`, { at });
  const body: { monitors: { overall: { excludedSeconds: number } }[] } = await response.json();
  return body.monitors[0]?.overall.excludedSeconds ?? -1;
}
