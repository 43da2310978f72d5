import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { statusDocumentSchema } from "../../../shared/contract/api/status.ts";
import { decide, outageSample, sampleOf, send } from "../testing/alerting.ts";
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
  type Weather,
} from "../testing/world.ts";

async function statusAt(at: number) {
  return readAnswer(await ask("/api/status", { at, key: null }), statusDocumentSchema);
}

async function monitorAt(at: number, id: string) {
  const { groups } = await statusAt(at);
  const found = groups.flatMap(({ monitors }) => monitors).find((monitor) => monitor.id === id);
  if (!found) throw new Error(`no monitor ${id}`);
  return found;
}

const homeDownIn =
  (...regions: string[]): Weather =>
  (monitor, region) =>
    monitor === "home" && regions.includes(region) ? down() : up;

async function publish(number: number, text: string, isPublic: boolean): Promise<void> {
  const path = `/api/monitoring/incidents/${number}/updates`;
  const body = { by: "ann", text, public: isPublic };
  expect((await send("POST", path, body, minute(3))).status).toBe(200);
}

/** Declares a window at the world's beginning. */
async function planOnce(
  name: string,
  selector: unknown,
  { from, to } = { from: minute(60), to: minute(90) },
): Promise<void> {
  const timing = { kind: "once", from: iso(from), to: iso(to) };
  const body = { kind: "maintenance", name, reason: "planted-reason", selector, timing };
  const response = await send("POST", "/api/monitoring/maintenance", body, start);
  expect(response.status, await response.clone().text()).toBe(201);
}

beforeEach(async () => {
  await resetWorld();
  await applyConfig(
    configOf([
      ...plainMonitors("home", "login"),
      { id: "orders", name: "Orders", group: "Core", url: "/orders" },
    ]),
  );
});

/** Of a region that never learnt where it runs. */
const unplaced = { colos: [], placement: "not-known", droppedRounds: 0 };

describe("GET /api/status", () => {
  it("says that nothing is known before the first round", async () => {
    const page = await statusAt(start + 10);
    expect(page).toMatchObject({ status: "unknown", asOf: null, stale: true, staleSince: null });
    const home = await monitorAt(start + 10, "home");
    expect(home).toMatchObject({
      status: "unknown",
      since: iso(start),
      unknownReason: "not-known-yet",
    });
    expect(page.regions).toEqual(
      ["us-east", "us-west", "eu-west"].map((id) => ({
        id,
        state: "not-reporting",
        lastRoundAt: null,
        ...unplaced,
      })),
    );
  });

  it("shows every monitor up in every region, by group, with latencies", async () => {
    await record({ from: minute(0), to: minute(2) }, allUp);
    const page = await statusAt(minute(1) + 10);
    expect(page).toMatchObject({ status: "up", asOf: iso(minute(1) + 10), stale: false });
    expect(page.staleSince).toBeNull();
    expect(
      page.groups.map(({ name, status, monitors }) => [name, status, monitors.length]),
    ).toEqual([
      ["NetPost", "up", 2],
      ["Core", "up", 1],
    ]);
    expect(page.regions[0]).toEqual({
      id: "us-east",
      state: "reporting",
      lastRoundAt: iso(minute(1)),
      ...unplaced,
    });
    expect(await monitorAt(minute(1) + 10, "home")).toEqual({
      id: "home",
      name: "Monitor home",
      status: "up",
      since: iso(minute(0)),
      regional: false,
      cause: null,
      unknownReason: null,
      regions: {
        "us-east": { status: "up", since: iso(minute(0)), unknownReason: null, latencyMs: 41 },
        "us-west": { status: "up", since: iso(minute(0)), unknownReason: null, latencyMs: 42 },
        "eu-west": { status: "up", since: iso(minute(0)), unknownReason: null, latencyMs: 43 },
      },
      availability: 1,
      bars: [
        ...Array(89).fill({ status: null, availability: null }),
        { status: "up", availability: 1 },
      ],
    });
  });

  it("calls a fault in one region regional: degraded overall, down there, no incident", async () => {
    await record({ from: minute(0), to: minute(2) }, allUp);
    await record({ from: minute(2), to: minute(3) }, homeDownIn("us-west"));
    const page = await statusAt(minute(2) + 10);
    expect(page).toMatchObject({ status: "degraded", incidents: { open: [], recent: [] } });
    expect(await monitorAt(minute(2) + 10, "home")).toMatchObject({
      status: "degraded",
      since: iso(minute(2)),
      regional: true,
      cause: { reason: "status", regions: ["us-west"] },
      regions: {
        "us-east": { status: "up" },
        "us-west": { status: "down", since: iso(minute(2)) },
      },
    });
  });

  it("shows an incident with what was published about it, and as recent once it is over", async () => {
    await record({ from: minute(0), to: minute(2) }, allUp);
    await record({ from: minute(2), to: minute(4) }, homeDownIn("us-east", "us-west", "eu-west"));
    const outage = outageSample("home", minute(2), minute(2) + 5);
    await decide([outage], minute(2) + 6);
    await publish(1, "We are looking into it.", true);
    await publish(1, "planted-note: db-7.internal is full", false);
    const during = await statusAt(minute(3) + 10);
    expect(during.status).toBe("down");
    expect(during.incidents.open).toEqual([
      {
        number: 1,
        title: "home: service-down",
        state: "open",
        severity: "critical",
        startedAt: iso(minute(2)),
        endedAt: null,
        durationSeconds: null,
        monitors: [{ id: "home", name: "Monitor home" }],
        updates: [{ at: iso(minute(3)), text: "We are looking into it." }],
      },
    ]);
    expect(JSON.stringify(during)).not.toMatch(/planted-note|ann|assignee|acknowledged/);
    await record({ from: minute(4), to: minute(5) }, allUp);
    await decide([{ ...outage, level: "well" }], minute(4) + 6);
    const after = await statusAt(minute(4) + 10);
    expect(after).toMatchObject({ status: "up", incidents: { open: [] } });
    expect(after.incidents.recent).toMatchObject([
      { number: 1, state: "closed", endedAt: iso(minute(4) + 6), updates: [{}] },
    ]);
  });

  it("shows of other incidents only those about which something was published", async () => {
    await record({ from: minute(0), to: minute(2) }, allUp);
    await decide(
      [sampleOf({ rule: "response-time", level: "critical", title: "planted: slow" }, "home")],
      minute(1),
    );
    await decide(
      [sampleOf({ rule: "response-time", level: "critical", title: "planted: slow" }, "home")],
      minute(4),
    );
    expect((await statusAt(minute(4))).incidents.open).toEqual([]);
    await publish(1, "Pages are slow.", true);
    expect((await statusAt(minute(4))).incidents.open).toMatchObject([
      { number: 1, updates: [{ text: "Pages are slow." }] },
    ]);
  });

  it("leaves out what was a false alarm", async () => {
    await record({ from: minute(0), to: minute(2) }, allUp);
    await decide([outageSample("home", minute(0), minute(0) + 5)], minute(1));
    expect((await statusAt(minute(1) + 10)).incidents.open).toHaveLength(1);
    const path = "/api/monitoring/incidents/1/false-alarm";
    expect((await send("POST", path, { by: "ann" }, minute(2))).status).toBe(200);
    expect((await statusAt(minute(2) + 10)).incidents.open).toEqual([]);
  });

  it("never names a monitor that is not public, nor its incidents", async () => {
    await resetWorld();
    const [home, hidden] = plainMonitors("home", "planted-hidden");
    if (!home || !hidden) throw new Error("two monitors expected");
    await applyConfig(configOf([home, { ...hidden, group: "planted-group", public: false }]));
    await record({ from: minute(0), to: minute(2) }, (monitor) =>
      monitor === "planted-hidden" ? down() : up,
    );
    await decide([outageSample("planted-hidden", minute(0), minute(0) + 5)], minute(1));
    await planOnce("planted-maintenance", { kind: "monitors", ids: ["planted-hidden"] });
    const page = await statusAt(minute(1) + 10);
    expect(page).toMatchObject({ status: "up", incidents: { open: [] }, maintenance: [] });
    expect(JSON.stringify(page)).not.toContain("planted");
    for (const path of ["history", "feed.atom", "feed.rss", "maintenance.ics"]) {
      const response = await ask(`/api/status/${path}`, { at: minute(1) + 10, key: null });
      expect(response.status).toBe(200);
      expect(await response.text()).not.toContain("planted");
    }
    const badge = "/api/status/badges/planted-hidden/status.svg";
    expect((await ask(badge, { at: minute(1) + 10, key: null })).status).toBe(404);
  });

  it("draws a bar for each day, planned time left out", async () => {
    const midnight = Math.ceil(start / 86_400) * 86_400;
    const weather: Weather = (monitor, _, time) =>
      monitor === "home" && time >= midnight - 120 && time < midnight + 60 ? down() : up;
    await record({ from: midnight - 600, to: midnight + 600 }, weather);
    await planOnce(
      "Database",
      { kind: "monitors", ids: ["home"] },
      { from: midnight + 300, to: midnight + 480 },
    );
    const response = await ask("/api/status?days=3", { at: midnight + 600, key: null });
    const page = await readAnswer(response, statusDocumentSchema);
    expect(page.days).toEqual(["2026-09-20", "2026-09-21", "2026-09-22"]);
    const monitors = page.groups.flatMap((group) => group.monitors);
    // It was added in the middle of a day, and nobody looked until shortly before midnight.
    const unknownSeconds = midnight - 600 - start;
    expect(monitors.find(({ id }) => id === "home")).toMatchObject({
      availability: (480 + 360) / (600 + 420),
      bars: [
        { status: null, availability: null },
        { status: "down", availability: 480 / 600, downSeconds: 120, unknownSeconds },
        { status: "down", availability: 360 / 420, downSeconds: 60, excludedSeconds: 180 },
      ],
    });
    expect(monitors.find(({ id }) => id === "login")?.bars[2]).toEqual({
      status: "up",
      availability: 1,
    });
  });

  it("tells of planned maintenance, and not why", async () => {
    await record({ from: minute(0), to: minute(2) }, allUp);
    await planOnce("Database", { kind: "monitors", ids: ["home"] });
    const page = await statusAt(minute(1) + 10);
    expect(page.maintenance).toEqual([
      {
        id: 1,
        name: "Database",
        state: "upcoming",
        from: iso(minute(60)),
        to: iso(minute(90)),
        monitors: [{ id: "home", name: "Monitor home" }],
      },
    ]);
  });

  it.each(["91", "-1", "x", "1.5", "&days=2"])("refuses days=%s", async (days) => {
    const response = await ask(`/api/status?days=${days}`, { at: start, key: null });
    const { errors } = await readProblem(response, "invalid-request", 400);
    expect(errors?.[0]?.field).toBe("days");
  });

  it("shows a region that missed the newest round as unknown since its last one", async () => {
    await record({ from: minute(0), to: minute(2) }, allUp);
    await record({ from: minute(2), to: minute(3) }, (_, region) =>
      region === "eu-west" ? null : up,
    );
    const page = await statusAt(minute(2) + 10);
    expect(page.status).toBe("up");
    expect(page.regions[2]).toEqual({
      id: "eu-west",
      state: "not-reporting",
      lastRoundAt: iso(minute(1)),
      ...unplaced,
    });
    expect((await monitorAt(minute(2) + 10, "home")).regions["eu-west"]).toEqual({
      status: "unknown",
      since: iso(minute(2)),
      unknownReason: "region-not-reporting",
      latencyMs: null,
    });
  });

  it("shows as unknown overall a monitor whose only region does not report", async () => {
    await resetWorld();
    const [home, login] = plainMonitors("home", "login");
    if (!home || !login) throw new Error("two monitors expected");
    await applyConfig(configOf([home, { ...login, regions: ["eu-west"] }]));
    await record({ from: minute(0), to: minute(2) }, allUp);
    await record({ from: minute(2), to: minute(3) }, (_, region) =>
      region === "eu-west" ? null : up,
    );
    expect(await monitorAt(minute(2) + 10, "login")).toMatchObject({
      status: "unknown",
      since: iso(minute(2)),
      unknownReason: "region-not-reporting",
    });
    expect((await statusAt(minute(2) + 10)).status).toBe("unknown");
  });

  it("does not call down what has not failed often enough yet", async () => {
    await resetWorld();
    await applyConfig({ ...configOf(plainMonitors("home")), defaults: { failuresToOpen: 2 } });
    await record({ from: minute(0), to: minute(1) }, () => down());
    expect(await monitorAt(minute(0) + 10, "home")).toMatchObject({
      status: "unknown",
      since: iso(start),
      unknownReason: "not-known-yet",
    });
    await record({ from: minute(1), to: minute(2) }, () => down());
    expect(await monitorAt(minute(1) + 10, "home")).toMatchObject({
      status: "down",
      since: iso(minute(0)),
    });
  });

  it("shows a probe's own fault as unknown", async () => {
    await record({ from: minute(0), to: minute(1) }, allUp);
    await record({ from: minute(1), to: minute(2) }, () => ({
      outcome: "unknown",
      reason: "region-unreachable",
      detail: "controls failed",
    }));
    expect(await monitorAt(minute(1) + 10, "home")).toMatchObject({
      status: "unknown",
      since: iso(minute(1)),
      unknownReason: "own-fault",
    });
  });

  it("shows everything as unknown two minutes after the last round's end", async () => {
    await record({ from: minute(0), to: minute(2) }, homeDownIn("us-east", "us-west", "eu-west"));
    expect(await statusAt(minute(4))).toMatchObject({ status: "down", stale: false });
    const page = await statusAt(minute(4) + 1);
    expect(page).toMatchObject({
      status: "unknown",
      stale: true,
      asOf: iso(minute(2)),
      staleSince: iso(minute(2)),
    });
    expect(await monitorAt(minute(4) + 1, "home")).toMatchObject({
      status: "unknown",
      since: iso(minute(2)),
      unknownReason: "stale",
      cause: null,
      regions: { "us-east": { status: "unknown", latencyMs: null } },
    });
    expect(page.regions.map(({ state }) => state)).toEqual(Array(3).fill("not-reporting"));
  });

  it("knows fast monitors by their own rounds", async () => {
    await resetWorld();
    const [fast] = plainMonitors("fast");
    if (!fast) throw new Error("a monitor expected");
    await applyConfig(
      configOf([{ ...fast, intervalSeconds: 10, budgetMs: 5_000 }, ...plainMonitors("slow")]),
    );
    await record({ from: minute(0), to: minute(1) }, allUp);
    // From here on the fast rounds fail to come, and only they.
    await record({ from: minute(1), to: minute(1) + 10 }, (monitor) =>
      monitor === "fast" ? null : up,
    );
    await record({ from: minute(2), to: minute(2) + 10 }, (monitor) =>
      monitor === "fast" ? null : up,
    );
    await record({ from: minute(3), to: minute(3) + 10 }, (monitor) =>
      monitor === "fast" ? null : up,
    );
    expect(await monitorAt(minute(3) + 10, "slow")).toMatchObject({ status: "up" });
    expect(await monitorAt(minute(3) + 10, "fast")).toMatchObject({
      status: "unknown",
      unknownReason: "stale",
      since: iso(minute(1)),
    });
  });

  it("never shows the detail of a failure, which may quote the target's answer", async () => {
    await record({ from: minute(0), to: minute(1) }, () => down("$.token is planted-detail"));
    const response = await ask("/api/status", { at: minute(0) + 10, key: null });
    expect(await response.text()).not.toContain("planted-detail");
  });

  it("may be asked from any page and kept for a few seconds", async () => {
    const response = await ask("/api/status", {
      at: start,
      key: null,
      headers: { Origin: "https://status.example" },
    });
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(response.headers.get("Cache-Control")).toBe(
      "public, max-age=10, stale-while-revalidate=30, stale-if-error=86400",
    );
    expect(response.headers.get("Access-Control-Expose-Headers")).toMatch(/ETag.*X-Request-Id/);
    expect(response.headers.get("Cross-Origin-Resource-Policy")).toBe("cross-origin");
  });
});

describe("a region in /api/status", () => {
  it("shows where it really runs, and whether that is where it was asked to", async () => {
    await env.DB.prepare(
      `INSERT INTO region_objects (region, shard, colo, country, dropped_rounds, since)
       VALUES (1, 0, 'IAD', 'US', 0, 0), (2, 0, 'FRA', 'DE', 2, 0)`,
    ).run();
    const answer = await statusAt(minute(0));
    expect(answer.regions.slice(0, 2)).toMatchObject([
      { id: "us-east", colos: ["IAD"], placement: "as-asked", droppedRounds: 0 },
      { id: "us-west", colos: ["FRA"], placement: "elsewhere", droppedRounds: 2 },
    ]);
  });
});
