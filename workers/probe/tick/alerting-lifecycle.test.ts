/** Maintenance and deadlines through the real tick: what is muted, what is told, and when. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Timing } from "../../../shared/domain/maintenance.ts";
import { readAlerts } from "../../../shared/storage/alerting/alert-list.ts";
import { readDecisions, readMaintained } from "../../../shared/storage/alerting/timeline.ts";
import { insertMaintenance } from "../../../shared/storage/maintenance.ts";
import { Box } from "../notifiers/testing/receiving.ts";
import { beginAnew, messagesIn, monitorOf, webhookTo } from "../testing/alerting.ts";
import {
  applyConfig,
  configOf,
  freshSurroundings,
  select,
  setFaults,
  standingClock,
  start,
} from "../testing/harness.ts";
import { tick } from "./tick.ts";

let box: Box;
let now = start;

beforeEach(async () => {
  await beginAnew();
  box = new Box();
  // The objects keep what they saw: every test has its own time.
  now += 86_400;
});

/** The tick of a minute, which then is the present one. */
async function tickAt(time: number): Promise<void> {
  now = time;
  const surroundings = freshSurroundings(standingClock(now + 1));
  await tick({ ...surroundings, env: { ...env, ...webhookTo(box) } }, now);
}

const minute = (count = 1) => tickAt(now + count * 60);
const fail = () => setFaults([{ path: "/api/health", kind: "status", status: 500 }]);

const messages = () => messagesIn(box);
const kinds = async () => (await messages()).map(({ kind }) => kind);

async function plan(timing: Timing): Promise<void> {
  const selector = { kind: "monitors", ids: ["api"] } as const;
  await insertMaintenance(env.DB, {
    ...{ kind: "maintenance", name: "New disks", reason: null, createdAt: now, createdBy: "ann" },
    versions: [{ from: now, until: null, selector, timing }],
    ...{ cancelledAt: null, withdrawnAt: null },
  });
}

async function results(): Promise<number> {
  const count = z.object({ n: z.int() });
  return (await select(count, "SELECT count(*) AS n FROM results"))[0]?.n ?? 0;
}

describe("an outage under maintenance", () => {
  beforeEach(async () => {
    await applyConfig(configOf([monitorOf("api", "/api/health"), monitorOf("home", "/")]), now);
    await minute();
  });

  it("notifies nobody, is listed as muted with the window's name, and is told if it outlasts it", async () => {
    await plan({ kind: "once", from: now, to: now + 300 });
    await fail();
    const ends = now + 300;
    const probed = await results();
    await minute();
    await minute(3);
    expect(await messages()).toEqual([]);
    // Two checks of two monitors from three regions.
    expect((await results()) - probed).toBe(12);
    const [alert] = await readAlerts(env.DB);
    expect(alert).toMatchObject({
      key: "service-down/api",
      verdict: "critical maintenance New disks",
    });
    expect(await readDecisions(env.DB, "service-down/api", 10)).toMatchObject([
      { decision: "not-told", because: "maintenance", data: { window: "New disks", until: ends } },
    ]);
    const [declared] = await select(
      z.object({ number: z.int() }),
      "SELECT max(number) AS number FROM maintenance",
    );
    expect(await readMaintained(env.DB, declared?.number ?? 0, 10)).toMatchObject({
      count: 1,
      latest: [{ alert: "service-down/api" }],
    });
    await minute();
    expect(now).toBe(ends);
    expect(await kinds()).toEqual(["trigger"]);
    const [message] = await messages();
    expect(message?.incident.startedAt).toBeLessThan(ends - 180);
    const decisions = await readDecisions(env.DB, "service-down/api", 10);
    expect(decisions.map(({ because }) => because)).toEqual(["maintenance", "nothing mutes it"]);
  });

  it("that ends with it was never told of", async () => {
    await plan({ kind: "once", from: now, to: now + 300 });
    await fail();
    await minute();
    await setFaults([]);
    await minute();
    await minute(8);
    expect(await messages()).toEqual([]);
    const [incident] = await select(
      z.object({ ended_at: z.int().nullable(), page: z.string().nullable() }),
      "SELECT ended_at, page FROM incidents",
    );
    expect(incident).toMatchObject({ ended_at: expect.any(Number), page: null });
  });

  it("of another monitor is told: a window mutes whom it is for", async () => {
    await plan({ kind: "once", from: now, to: now + 300 });
    await setFaults([{ path: "/", kind: "status", status: 500 }]);
    await minute();
    expect((await messages()).map(({ incident }) => incident.title)).toEqual([
      "Monitor home is down",
    ]);
  });
});

describe("deadlines", () => {
  it("are warned of before they pass, once each, by one message a channel", async () => {
    await applyConfig(configOf([monitorOf("api", "/api/health"), monitorOf("home", "/")]), now);
    await minute();
    await fail();
    await minute();
    const detected = now;
    const upTo = async (count: number) => {
      await tickAt(detected + count * 60);
      return (await messages()).map(({ kind }) => kind);
    };
    // P2: 30 minutes to respond and 4 hours to resolve, told when four fifths are used.
    expect(await upTo(23)).toEqual(["trigger"]);
    expect(await upTo(25)).toEqual(["trigger", "deadline"]);
    const [, response] = await messages();
    expect(response?.incident.priority).toBe("P2");
    expect(response?.note).toBe("response deadline near; response is due in 5 min");
    await tickAt(now);
    expect(await upTo(26)).toHaveLength(2);
    // Nobody answered: the policy's rounds go on, in one message for all that were missed.
    expect((await upTo(191)).slice(2)).toEqual(["escalate"]);
    expect((await upTo(193)).slice(3)).toEqual(["deadline"]);
    expect((await messages())[3]?.note).toContain("resolution is due in 47 min");
    await setFaults([]);
    expect((await upTo(194)).slice(4)).toEqual(["resolve"]);
  });
});

describe("a recurring window", () => {
  it("keeps its local time when the clocks change", async () => {
    // Berlin leaves summer time on 25 October 2026: 03:15 is 01:15 UTC before, 02:15 UTC after.
    await applyConfig(configOf([monitorOf("api", "/api/health")]), now);
    now = Date.UTC(2026, 9, 24, 1, 0) / 1000;
    const daily = { expression: "15 3 * * *", timeZone: "Europe/Berlin" };
    await plan({ kind: "recurring", durationSeconds: 1_800, ...daily });
    const outageAt = async (day: number, hours: number, minutes: number) => {
      const before = (await kinds()).length;
      await setFaults([]);
      await tickAt(Date.UTC(2026, 9, day, hours, minutes - 1) / 1000);
      await fail();
      await tickAt(Date.UTC(2026, 9, day, hours, minutes) / 1000);
      const told = (await kinds()).slice(before);
      await setFaults([]);
      await minute();
      return told;
    };
    expect(await outageAt(24, 1, 20)).toEqual([]);
    expect(await outageAt(24, 2, 20)).toEqual(["trigger"]);
    expect(await outageAt(26, 1, 20)).toEqual(["trigger"]);
    expect(await outageAt(26, 2, 20)).toEqual([]);
  });
});
