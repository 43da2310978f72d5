import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import type { Clock } from "../../shared/clock.ts";
import {
  ErrorReports,
  emptyReportMemory,
  faultBound,
} from "../../shared/error-reports/error-reports.ts";
import { log } from "../../shared/log.ts";
import { reportedCall } from "./reported-call.ts";
import { reportedTick } from "./reported-tick.ts";
import { SentryBox } from "./testing/envelopes.ts";
import {
  applyConfig,
  configOf,
  freshSurroundings,
  setFaults,
  standingClock,
  start,
} from "./testing/harness.ts";

const planted = "planted-secret-9f2c7e";
const leak = [
  planted,
  "Authorization: Bearer planted.other-1",
  "npk_plantedplanted",
  "/api/ping/planted-token",
  "https://netpost.example/x?planted=1",
  "planted@mail.example.com",
  "203.0.113.77",
  "Cookie: session=planted",
].join(" ");

const lineSchema = z.looseObject({ level: z.string(), event: z.string(), tick: z.string() });

/** Runs the tick of a minute with all that it leaves to be done; what it logged, line by line. */
async function ticked(settings: Record<string, unknown>, clock: Clock = standingClock(start + 1)) {
  const written: string[] = [];
  const spies = (["info", "warn", "error"] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation((line) => written.push(String(line))),
  );
  const context = createExecutionContext();
  const surroundings = { ...freshSurroundings(clock), env: { ...env, ...settings } };
  await reportedTick(surroundings, context, start).catch(() => {});
  await waitOnExecutionContext(context);
  for (const spy of spies) spy.mockRestore();
  return written;
}

async function breakRecording(): Promise<void> {
  await env.DB.prepare(
    `CREATE TRIGGER leaking BEFORE INSERT ON results BEGIN SELECT RAISE(ABORT, '${leak}'); END`,
  ).run();
}

beforeEach(async () => {
  await env.DB.prepare("DROP TRIGGER IF EXISTS leaking").run();
  await setFaults([]);
  await applyConfig(configOf([{ id: "feed", name: "Feed", url: "/api/feed" }]), start);
});

describe("a tick", () => {
  it("that fails is told with its tags and as a cron check-in, and no secret with it", async () => {
    const sentry = new SentryBox();
    await breakRecording();
    const lines = await ticked({
      SENTRY_DSN_BACKEND: sentry.dsn,
      SENTRY_TRACES_SAMPLE_RATE: "1",
      SENTRY_ENVIRONMENT: "staging",
      SENTRY_RELEASE: "netpost-monitoring@1.2.3+abc",
      PROBE_TOKEN: planted,
    });

    const items = await sentry.items();
    expect(items.map(({ kind, status }) => status ?? kind)).toEqual([
      "in_progress",
      "transaction",
      "error",
      "event",
    ]);
    const [begun, took, , fault] = items;
    expect(begun).toMatchObject({
      monitor_slug: "netpost-monitoring-tick",
      monitor_config: {
        schedule: { type: "crontab", value: "* * * * *" },
        checkin_margin: 3,
        max_runtime: 5,
        timezone: "UTC",
      },
    });
    expect(took).toMatchObject({
      transaction: "tick",
      contexts: { trace: { op: "cron.tick", status: "internal_error" } },
      measurements: { rounds: { value: 1, unit: "none" } },
    });
    expect(fault).toMatchObject({
      release: "netpost-monitoring@1.2.3+abc",
      environment: "staging",
      dist: "probe",
      fingerprint: ["probe", "round-not-recorded", "database-unavailable"],
      tags: { worker: "probe", event: "round-not-recorded", reason: "database-unavailable" },
      message: expect.stringContaining("D1_ERROR: <secret>"),
    });
    expect(fault?.tags?.["tick"]).toMatch(new RegExp(`^${start}-[0-9a-f]{6}$`));

    // They do quote what the database said, and nothing of it that must not leave.
    expect(JSON.stringify(await sentry.requests())).not.toMatch(/planted|203\.0\.113/);
    expect(lines.join("\n")).toContain("D1_ERROR: <secret>");
    expect(lines.join("\n")).not.toMatch(/planted-|npk_p|=planted;|planted\.other/);
    for (const line of lines.slice(1)) {
      expect(lineSchema.parse(JSON.parse(line)).tick).toBe(fault?.tags?.["tick"]);
    }
  });

  it("that went well sends two check-ins, and nothing of a target that is down", async () => {
    const sentry = new SentryBox();
    await setFaults([{ kind: "status", status: 500, path: "/api/feed" }]);
    await ticked({ SENTRY_DSN_BACKEND: sentry.dsn, SENTRY_TRACES_SAMPLE_RATE: "0" });
    const items = await sentry.items();
    expect(items.map(({ status }) => status)).toEqual(["in_progress", "ok"]);
    expect(items[1]?.["check_in_id"]).toBe(items[0]?.["check_in_id"]);
  });

  it("that cannot even begin is told too", async () => {
    const sentry = new SentryBox();
    await ticked({
      SENTRY_DSN_BACKEND: sentry.dsn,
      TRACE_URL: planted,
      SENTRY_CRON_MONITOR_SLUG: "off",
      SENTRY_TRACES_SAMPLE_RATE: "0",
    });
    const [fault, ...more] = await sentry.items();
    expect(more).toEqual([]);
    expect(fault).toMatchObject({
      fingerprint: ["probe", "tick-failed", "Error"],
      exception: { values: [{ value: "settings of the probe Worker: TRACE_URL: an http(s) URL" }] },
    });
  });

  it("sends nothing without a DSN, nor with a malformed one", async () => {
    const sentry = new SentryBox();
    await breakRecording();
    await ticked({});
    await ticked({ SENTRY_DSN_BACKEND: sentry.url });
    expect(await sentry.requests()).toEqual([]);
  });
});

it("a call to a region's object that fails is told as a part of its tick", async () => {
  const sentry = new SentryBox();
  const waiting: Promise<unknown>[] = [];
  const callee = {
    env: { SENTRY_DSN_BACKEND: sentry.dsn },
    waitUntil: (done: Promise<unknown>) => waiting.push(done),
    region: "eu-west",
  };
  const spy = vi.spyOn(console, "error").mockImplementation(() => {});
  const failing = reportedCall(callee, "run", { tick: "1790000040-abcdef", other: 1 }, () => {
    log("error", "prober-failed", { monitor: "feed" });
    throw new TypeError("the object is broken");
  });
  await expect(failing).rejects.toThrow("the object is broken");
  spy.mockRestore();
  await Promise.all(waiting);
  const tags = { tick: "1790000040-abcdef", region: "eu-west", worker: "probe" };
  expect(await sentry.items()).toMatchObject([
    { tags: { ...tags, monitor: "feed" }, fingerprint: ["probe", "prober-failed"] },
    { tags: { ...tags, reason: "run" }, fingerprint: ["probe", "call-failed", "run", "TypeError"] },
  ]);
});

describe("a Sentry that is ill", () => {
  it.each([
    [{ status: 503 }, "status 503", 3],
    [{ status: 429, headers: { "Retry-After": "60" } }, "status 429", 1],
    [{ behaviour: "reset" }, /^Error|TypeError/, 1],
    [{ behaviour: "hang" }, "Error: no answer within 5000 ms", 1],
  ] as const)(
    "(%o) is told in one line, and waited for no longer",
    async (answer, because, asked) => {
      const sentry = new SentryBox();
      await sentry.answer(answer);
      const clock = {
        now: () => start * 1000,
        sleep: () => new Promise<void>((done) => setTimeout(done, 200)),
      };
      const memory = emptyReportMemory();
      const lines = await storm(3, { sentry, clock, memory });
      expect(lines.filter((line) => line.includes("error-reports-dropped"))).toHaveLength(1);
      expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
        event: "error-reports-dropped",
        dropped: 3,
        because: typeof because === "string" ? because : expect.stringMatching(because),
      });
      expect(lines.at(-1)).not.toContain("abcdef0123");
      expect(await sentry.requests()).toHaveLength(asked);
    },
  );
});

/** Logs errors in one tick, of as many kinds; returns the lines after them. */
async function storm(
  errors: number,
  {
    sentry,
    clock,
    memory,
  }: { sentry: SentryBox; clock: Clock; memory: ReturnType<typeof emptyReportMemory> },
): Promise<string[]> {
  const written: string[] = [];
  const spies = (["info", "warn", "error"] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation((line) => written.push(String(line))),
  );
  const waiting: Promise<unknown>[] = [];
  const reports = new ErrorReports({
    worker: "probe",
    env: { SENTRY_DSN_BACKEND: sentry.dsn },
    clock,
    ids: { tick: "1790000040-aaaaaa" },
    waitUntil: (promise) => waiting.push(promise),
    memory,
  });
  reports.within(() => {
    for (let index = 0; index < errors; index += 1) {
      log("error", "storm", { reason: `kind-${index % 40}` }, new Error(`number ${index}`));
    }
  });
  reports.send();
  await Promise.all(waiting);
  for (const spy of spies) spy.mockRestore();
  return written;
}

it("a check-in at the end of a long tick is sent, also where its beginning was not taken", async () => {
  const sentry = new SentryBox();
  await sentry.answer({ behaviour: "reset" }, { status: 200 });
  const clock = standingClock(start);
  const waiting: Promise<unknown>[] = [];
  const reports = new ErrorReports({
    worker: "probe",
    env: { SENTRY_DSN_BACKEND: sentry.dsn },
    clock,
    ids: {},
    waitUntil: (promise) => waiting.push(promise),
    memory: emptyReportMemory(),
  });
  const id = reports.checkIn("in_progress");
  await Promise.all(waiting);
  clock.set(start + 58);
  reports.checkIn("ok", id, 58_000);
  reports.send();
  await Promise.all(waiting);
  const statuses = (await sentry.items()).map(({ status, duration }) => [status, duration]);
  expect(statuses).toEqual([
    ["in_progress", undefined],
    ["ok", 58],
  ]);
});

it("a malformed DSN is named once, without its value, and nothing is sent", async () => {
  const sentry = new SentryBox();
  const broken = Object.assign(sentry, { dsn: sentry.url });
  const memory = emptyReportMemory();
  const clock = standingClock(start);
  const [first, ...lines] = await storm(2, { sentry: broken, clock, memory });
  expect(JSON.parse(first ?? "")).toMatchObject({
    level: "error",
    event: "error-reports",
    on: false,
    fault: "SENTRY_DSN_BACKEND: a Sentry DSN: https://<public key>@<host>/<project's number>",
  });
  expect(lines).toHaveLength(2);
  expect(await storm(2, { sentry: broken, clock, memory })).toHaveLength(2);
  expect(await sentry.requests()).toEqual([]);
});

describe("a storm", () => {
  it("of 10,000 errors sends twenty, then one that tells how many there were more", async () => {
    const sentry = new SentryBox();
    const memory = emptyReportMemory();
    const clock = standingClock(start);
    const lines = await storm(10_000, { sentry, clock, memory });
    expect(lines.filter((line) => line.includes('"storm"'))).toHaveLength(10_000);
    expect(await sentry.requests()).toHaveLength(faultBound.most);

    clock.set(start + 60);
    await storm(0, { sentry, clock, memory });
    const items = await sentry.items();
    expect(items).toHaveLength(faultBound.most + 1);
    expect(items.at(-1)).toMatchObject({
      message: "9980 errors were not reported one by one",
      level: "warning",
      fingerprint: ["probe", "reports-suppressed"],
      tags: { total: "9980" },
      extra: { "probe storm kind-39 Error": 250 },
    });
  });
});
