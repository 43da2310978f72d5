import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import {
  handledListSchema,
  singleHandledSchema,
} from "../../../shared/contract/api/incident-handling.ts";
import { decide, outageSample, sampleOf, send } from "../testing/alerting.ts";
import { countingDatabase } from "../testing/counting-database.ts";
import { readAnswer, readProblem } from "../testing/read-answer.ts";
import {
  applyConfig,
  ask,
  configOf,
  down,
  iso,
  minute,
  plainMonitors,
  readerKey,
  record,
  resetWorld,
} from "../testing/world.ts";

const path = "/api/monitoring/incidents";
const bothDown = [
  outageSample("home", minute(0), minute(0) + 5),
  outageSample("api", minute(0), minute(0) + 5),
];
const score = sampleOf({ rule: "health-score", level: "critical", value: 40, since: minute(7) });

const read = async (number: number, at: number) =>
  readAnswer(await ask(`${path}/${number}`, { at }), singleHandledSchema);
const act = async (number: number, action: string, body: unknown, at: number, method = "POST") =>
  readAnswer(await send(method, `${path}/${number}/${action}`, body, at), singleHandledSchema);
const refused = async (number: number, action: string, body: unknown, at: number) =>
  (await readProblem(await send("POST", `${path}/${number}/${action}`, body, at), "conflict", 409))
    .detail;

beforeAll(async () => {
  await resetWorld();
  await applyConfig(configOf(plainMonitors("home", "api")), minute(0));
  await record({ from: minute(0), to: minute(2) }, () => down());
  await decide(bothDown, minute(0) + 6);
});

// One story: each part goes on where the one before it ended.
describe("incidents that people handle", () => {
  it("are one for what failed at once, with every outage", async () => {
    const { incidents, nextCursor } = await readAnswer(
      await ask(path, { at: minute(2) }),
      handledListSchema,
    );
    expect(nextCursor).toBeNull();
    expect(incidents).toHaveLength(1);
    expect(incidents[0]).toMatchObject({
      number: 1,
      state: "open",
      origin: "outage",
      severity: "critical",
      priority: "P1",
      startedAt: iso(minute(0)),
      merged: [2],
      deadlines: [
        { kind: "response", dueAt: iso(minute(15) + 5), metAt: null, state: "open" },
        { kind: "resolution", dueAt: iso(minute(120) + 5), metAt: null, state: "open" },
      ],
    });
    const outages = incidents[0]?.outages.map(
      ({ monitor, incident }) => `${monitor.id} ${incident}`,
    );
    expect(outages?.toSorted()).toEqual(["api 2", "home 1"]);
  });

  it("what is part of another says so, and is handled there", async () => {
    expect((await read(2, minute(2))).incident.mergedInto).toBe(1);
    expect(await refused(2, "acknowledge", undefined, minute(2))).toMatch(/merged into another/);
  });

  it("are acknowledged once, by somebody", async () => {
    const { incident } = await act(1, "acknowledge", { by: "Ann" }, minute(3));
    expect(incident.acknowledged).toEqual({ at: iso(minute(3)), by: "Ann" });
    expect(incident.deadlines[0]).toMatchObject({ metAt: iso(minute(3)), state: "met" });
    expect(await refused(1, "acknowledge", { by: "Bob" }, minute(3))).toBe("Ann has it already.");
    const told = await env.DB.prepare(
      "SELECT count(*) AS n FROM notifications WHERE kind = 'acknowledge'",
    ).first();
    expect(told).toEqual({ n: 4 });
  });

  it("are assigned, rated, snoozed", async () => {
    expect((await act(1, "assign", { to: "Bob" }, minute(4))).incident.assignee).toBe("Bob");
    expect((await act(1, "priority", { priority: "P2" }, minute(4))).incident).toMatchObject({
      priority: "P2",
      priorityFixed: true,
    });
    const { incident } = await act(1, "snooze", { minutes: 30 }, minute(4));
    expect(incident.snoozedUntil).toBe(iso(minute(34)));
    expect(await refused(1, "snooze", { until: iso(minute(1)) }, minute(4))).toMatch(/future/);
  });

  it("have updates for everybody, and notes", async () => {
    await act(1, "updates", { text: "We are on it", by: "Ann" }, minute(5));
    const { timeline } = await act(1, "updates", { text: "db-3?", public: false }, minute(5));
    expect(timeline.filter((entry) => entry.public).map(({ text }) => text)).toEqual([
      "We are on it",
    ]);
  });

  it("are merged by people into one that goes on", async () => {
    await decide([...bothDown, score], minute(7));
    await decide([...bothDown, score], minute(10));
    expect((await read(3, minute(11))).incident).toMatchObject({
      origin: "alert",
      mergedInto: null,
    });
    expect(await refused(3, "merge", { into: 3 }, minute(11))).toMatch(/into itself/);
    const { incident } = await act(3, "merge", { into: 1, by: "Ann" }, minute(11));
    expect(incident.mergedInto).toBe(1);
    expect((await read(1, minute(11))).incident.merged).toEqual([2, 3]);
    expect((await read(1, minute(11))).alerts).toContain("health-score");
  });

  it("what signals began only signals end", async () => {
    expect(await refused(1, "resolve", undefined, minute(12))).toMatch(/by hand/);
  });

  it("triggered by hand they end by hand", async () => {
    const body = { title: "By hand", severity: "warning", message: "M" };
    await send("POST", "/api/monitoring/alerts", body, minute(20));
    await act(4, "resolve", { by: "Ann" }, minute(21));
    await decide([...bothDown, score], minute(22));
    await decide([...bothDown, score], minute(23));
    const kept = await env.DB.prepare("SELECT key FROM alerts WHERE rule = 'manual'").all();
    expect(kept.results).toEqual([]);
    const { incident } = await read(4, minute(22));
    expect(incident).toMatchObject({ state: "closed", endedAt: iso(minute(22)) });
  });

  it("are marked as false alarms, and are not, again and again", async () => {
    const marked = await act(4, "false-alarm", { by: "Ann" }, minute(23));
    expect(marked.incident.falseAlarm).toEqual({ at: iso(minute(23)), by: "Ann" });
    const again = await act(4, "false-alarm", { by: "Bob" }, minute(24));
    expect(again.incident.falseAlarm).toEqual({ at: iso(minute(23)), by: "Ann" });
    const taken = await act(4, "false-alarm", undefined, minute(25), "DELETE");
    expect(taken.incident.falseAlarm).toBeNull();
  });

  it("tell everything that happened, in order, and who did it", async () => {
    const { timeline } = await read(1, minute(30));
    expect(timeline.map(({ at }) => at)).toEqual(timeline.map(({ at }) => at).toSorted());
    expect(timeline.filter(({ by }) => by !== null).map(({ kind, by }) => `${kind} ${by}`)).toEqual(
      [
        "acknowledged Ann",
        "assigned admin",
        "priority admin",
        "snoozed admin",
        "update Ann",
        "note admin",
        "merged Ann",
        "merged Ann",
      ],
    );
    const kinds = new Set(timeline.map(({ kind }) => kind));
    expect(kinds).toContain("began");
    expect(kinds).toContain("detected");
    expect(kinds).toContain("alert-told");
    expect(kinds).toContain("notification");
  });

  it("are reviewed, and the review is a page that nobody's text can break", async () => {
    const review = {
      summary: "# Not a heading\n| nor | a table |",
      impact: "Nobody could pay",
      rootCause: "<script>alert(1)</script>",
      actions: [{ text: "Two databases", owner: "Ann", dueOn: "2026-10-05" }],
      by: "Bob",
    };
    const reviewed = await act(1, "review", review, minute(31), "PUT");
    expect(reviewed.review).toMatchObject({ writtenBy: "Bob", wentWell: "" });
    const response = await ask(`${path}/1/review.md`, { at: minute(32) });
    expect(response.headers.get("Content-Type")).toBe("text/markdown; charset=utf-8");
    const page = await response.text();
    expect(page).toContain("# Incident 1: home: service-down");
    expect(page).toContain("\n\\# Not a heading\n\\| nor \\| a table \\|\n");
    expect(page).toContain("\\<script\\>");
    expect(page).toContain("- [ ] Two databases (Ann, by 2026-10-05)");
    expect(page).toContain("| response | 2026-09-21T14:44:05Z | 2026-09-21T14:17:00Z | met |");
    expect(page).toContain("| Monitor home | 2026-09-21T14:14:00Z | not yet | 32 min |");
  });

  it("take as many statements whatever is part of them", async () => {
    const counted = countingDatabase(env.DB);
    await ask(path, { at: minute(33), environment: { DB: counted.database } });
    expect(counted.statements()).toBeLessThanOrEqual(6);
  });

  it.each([
    ["snooze", {}, "until"],
    ["snooze", { minutes: 5, until: iso(minute(90)) }, "until"],
    ["snooze", { minutes: 0 }, "minutes"],
    ["snooze", { until: "later" }, "until"],
    ["assign", {}, "to"],
    ["assign", { to: "" }, "to"],
    ["merge", { into: "x" }, "into"],
    ["priority", { priority: "P5" }, "priority"],
    ["updates", { text: "" }, "text"],
    ["updates", { text: "x", public: "yes" }, "public"],
    ["acknowledge", { by: 7 }, "by"],
    ["acknowledge", { who: "x" }, "body"],
  ])("%s with %j names %s", async (action, body, field) => {
    const response = await send("POST", `${path}/1/${action}`, body, minute(34));
    const problem = await readProblem(response, "invalid-request", 400);
    expect(problem.errors?.map((error) => error.field)).toEqual([field]);
  });

  it("that are not there are a 404, and a reader changes nothing", async () => {
    await readProblem(await ask(`${path}/99`, { at: minute(34) }), "not-found", 404);
    await readProblem(await ask(`${path}/99/review.md`, { at: minute(34) }), "not-found", 404);
    const none = await send("POST", `${path}/99/acknowledge`, undefined, minute(34));
    await readProblem(none, "not-found", 404);
    const reader = await send("POST", `${path}/1/assign`, {}, minute(34), readerKey);
    await readProblem(reader, "forbidden", 403);
  });
});
