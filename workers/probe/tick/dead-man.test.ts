import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import {
  applyConfig,
  configOf,
  freshSurroundings,
  setFaults,
  standIn,
  standingClock,
  start,
} from "../testing/harness.ts";
import { logTick } from "./log-tick.ts";
import { tick } from "./tick.ts";

const path = "/api/health?watch=k3y";
const address = `${standIn.url}${path}`;

async function ticked(settings: Record<string, unknown> = { DEAD_MAN_URL: address }) {
  const surroundings = freshSurroundings(standingClock(start + 1));
  return tick({ ...surroundings, env: { ...env, ...settings } }, start);
}

async function requestsSeen(): Promise<number> {
  const response = await fetch(`${standIn.controlUrl}/requests`);
  return z.object({ total: z.int() }).parse(await response.json()).total;
}

beforeEach(async () => {
  await setFaults([]);
  await applyConfig(configOf([{ id: "feed", name: "Feed", url: "/api/feed" }]), start);
});

describe("the watch outside", () => {
  it("hears of a minute that was recorded, once", async () => {
    const before = await requestsSeen();
    expect((await ticked()).alive).toEqual({ kind: "sent" });
    const withPing = (await requestsSeen()) - before;
    expect(withPing).toBe(3 + 1);
  });

  it("hears it also when NetPost is down: that is told as an outage", async () => {
    await setFaults([{ kind: "status", status: 500, path: "/api/feed" }]);
    expect((await ticked()).alive).toEqual({ kind: "sent" });
  });

  it("hears nothing of a minute that could not be recorded", async () => {
    const broken = {
      prepare: () => {
        throw new Error("D1 is away");
      },
    };
    expect((await ticked({ DEAD_MAN_URL: address, DB: broken })).alive).toMatchObject({
      kind: "withheld",
    });
  });

  it("is told nothing without the setting", async () => {
    expect((await ticked({})).alive).toEqual({ kind: "off" });
  });

  it("that refuses or does not answer is told in the tick's line, without its address", async () => {
    await setFaults([{ kind: "status", status: 500, path: "/api/health" }]);
    const refused = await ticked();
    expect(refused.alive).toEqual({ kind: "failed", reason: "refused", detail: "status 500" });
    await setFaults([{ kind: "reset", path: "/api/health" }]);
    const unreachable = await ticked();
    expect(unreachable.alive).toMatchObject({ kind: "failed", reason: "unreachable" });

    const written: string[] = [];
    const spy = vi.spyOn(console, "error").mockImplementation((line) => written.push(String(line)));
    for (const outcome of [refused, unreachable]) logTick(outcome, 1);
    spy.mockRestore();
    expect(written).toHaveLength(2);
    expect(written.join("\n")).toContain('"alive"');
    expect(written.join("\n")).not.toContain("k3y");
  });
});
