import { beforeEach, describe, expect, it } from "vitest";
import type { Outcome } from "../../../shared/domain/result.ts";
import { setFaults, standIn } from "../testing/harness.ts";
import { ControlCheck } from "./controls.ts";

const up: Outcome = { outcome: "up" };
const slow: Outcome = { outcome: "degraded", reason: "latency", detail: "took 9 ms" };
const down: Outcome = { outcome: "down", reason: "status", detail: "status 500" };

const answering = `${standIn.url}/api/health/live`;
// Nobody listens there: the stand-in's ports are its own, and this one is reserved.
const silent = "http://127.0.0.1:1/";

const timeoutMs = 500;
const userAgent = "NetPost-Monitor/1.0.0 (us-east; +https://netpost.example)";

async function hold(outcomes: readonly Outcome[], controls: readonly string[]) {
  const results = outcomes.map((outcome, index) => {
    return { monitor: index + 1, outcome, latencyMs: 1, attempts: 1 };
  });
  const held = await new ControlCheck(controls, timeoutMs, userAgent).judge(results);
  return held.map(({ outcome }) => outcome.outcome);
}

beforeEach(() => setFaults([]));

describe("holding results against control targets", () => {
  it("leaves a failure down when a control target answers", async () => {
    expect(await hold([up, down], [answering])).toEqual(["up", "down"]);
  });

  it("leaves it down when one of several answers", async () => {
    expect(await hold([down], [silent, answering])).toEqual(["down"]);
  });

  it("takes any answer for one, also an error: it shows that there is a way out", async () => {
    await setFaults([{ kind: "status", status: 500, path: "/api/health/live" }]);
    expect(await hold([down], [answering])).toEqual(["down"]);
  });

  it("calls failures unknown when none answers, and lets stand what did answer", async () => {
    expect(await hold([up, slow, down], [silent, silent])).toEqual(["up", "degraded", "unknown"]);
  });

  it("does not wait for one that hangs longer than it may", async () => {
    await setFaults([{ kind: "hang", path: "/api/health/live" }]);
    expect(await hold([down], [answering])).toEqual(["unknown"]);
  });

  it("asks nobody while nothing fails", async () => {
    await setFaults([{ kind: "hang", path: "/api/health/live" }]);
    expect(await hold([up, slow], [answering])).toEqual(["up", "degraded"]);
  });

  it("tells them who asks, and from which region", async () => {
    await setFaults([{ kind: "reset", path: "/api/health/live", region: "us-east" }]);
    expect(await hold([down], [answering])).toEqual(["unknown"]);
    await setFaults([{ kind: "reset", path: "/api/health/live", region: "eu-west" }]);
    expect(await hold([down], [answering])).toEqual(["down"]);
  });

  it("without control targets believes what it sees", async () => {
    expect(await hold([down], [])).toEqual(["down"]);
  });

  it("calls failures unknown when the way out was lost at first, and came back", async () => {
    const check = new ControlCheck([answering], timeoutMs, userAgent);
    await setFaults([{ kind: "refuse" }]);
    await check.afterFailedAttempt(0);
    await setFaults([]);
    const failure = { monitor: 1, outcome: down, latencyMs: null, attempts: 1 };
    expect(await check.judge([failure])).toMatchObject([{ outcome: { outcome: "unknown" } }]);
  });
});
