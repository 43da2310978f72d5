import { beforeEach, describe, expect, it, vi } from "vitest";
import { probeNowResponseSchema } from "../../../shared/contract/api/probe-now.ts";
import { readAnswer, readProblem } from "../testing/read-answer.ts";
import {
  applyConfig,
  ask,
  configOf,
  iso,
  type RequestOptions,
  readerKey,
  resetWorld,
  start,
} from "../testing/world.ts";

const path = "/api/monitoring/monitors/home/probe";
const planted = "planted-secret-9f2c7e";

/** Nobody listens on the discard port: the probe is real and its target down at once. */
const config = configOf([
  {
    id: "home",
    name: "Home",
    url: `http://127.0.0.1:9/?key=${planted}`,
    method: "POST",
    headers: { Authorization: `Bearer ${planted}` },
    body: JSON.stringify({ password: planted }),
    regions: ["us-east", "us-west"],
    attempts: 1,
  },
]);

const post = (more: Partial<RequestOptions> = {}, to = path) =>
  ask(to, { at: start, method: "POST", ...more });
const json = (body: unknown): Partial<RequestOptions> => ({
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

beforeEach(async () => {
  await resetWorld();
  await applyConfig(config);
});

describe("POST /api/monitoring/monitors/{id}/probe", () => {
  it("probes from each of the monitor's regions and tells how it went", async () => {
    const answer = await readAnswer(await post(), probeNowResponseSchema);
    expect(answer).toMatchObject({ monitor: "home", askedAt: iso(start) });
    expect(Object.keys(answer.regions).sort()).toEqual(["us-east", "us-west"]);
    expect(answer.regions["us-east"]).toMatchObject({
      kind: "probed",
      transcript: {
        result: { outcome: "down", reason: "connect-refused" },
        attempts: [{ events: [{ kind: "request", line: expect.stringContaining("POST ") }] }],
        diagnosis: { findings: ["port 9 refuses connections"] },
      },
    });
  });

  it("probes from the regions asked for, also from one that is not the monitor's", async () => {
    const response = await post(json({ regions: ["eu-west"] }));
    const answer = await readAnswer(response, probeNowResponseSchema);
    expect(Object.keys(answer.regions)).toEqual(["eu-west"]);
  });

  it("tells no secret of the monitor's", async () => {
    const response = await post();
    expect(JSON.stringify([...response.headers]) + (await response.text())).not.toContain(
      "planted",
    );
  });

  it("refuses the reader's key", async () => {
    const problem = await readProblem(await post({ key: readerKey }), "forbidden", 403);
    expect(problem.detail).toBe("This needs the scope operate.");
  });

  it("refuses everybody else before it looks at anything", async () => {
    const nowhere = "/api/monitoring/monitors/Not%20an%20id/probe";
    await readProblem(await post({ key: null }, nowhere), "unauthorized", 401);
    await readProblem(await post({ key: readerKey }, nowhere), "forbidden", 403);
  });

  it("names a monitor that does not exist", async () => {
    const response = await post({}, "/api/monitoring/monitors/hom/probe");
    const problem = await readProblem(response, "unknown-monitor", 404);
    expect(problem.detail).toBe("There is no monitor hom.");
  });

  it("says which regions there are instead of one that is not", async () => {
    const problem = await readProblem(
      await post(json({ regions: ["us-east", planted] })),
      "invalid-request",
      400,
    );
    expect(problem.errors).toEqual([
      { field: "regions", message: "no such region; allowed: us-east, us-west, eu-west" },
    ]);
  });

  const wrong: readonly [string, Partial<RequestOptions>, string][] = [
    ["no regions", json({ regions: [] }), "regions"],
    ["a region twice", json({ regions: ["us-east", "us-east"] }), "regions"],
    ["something else than a list", json({ regions: planted }), "regions"],
    ["a parameter that there is not", json({ region: "us-east" }), "body"],
    ["another media type", { body: `{"regions":["${planted}"]}` }, "Content-Type"],
  ];
  it.each(wrong)("refuses %s", async (_name, options, field) => {
    const problem = await readProblem(await post(options), "invalid-request", 400);
    expect(problem.errors?.map((error) => error.field)).toEqual([field]);
    expect(JSON.stringify(problem)).not.toContain("planted");
  });

  it("refuses a body that is not JSON", async () => {
    const response = await post({ headers: { "Content-Type": "application/json" }, body: "{" });
    await readProblem(response, "invalid-request", 400);
  });

  it("takes no other method", async () => {
    const response = await ask(path, { at: start });
    await readProblem(response, "method-not-allowed", 405);
    expect(response.headers.get("Allow")).toBe("POST");
  });

  const failing: readonly [string, () => Promise<unknown>][] = [
    ["fails", () => Promise.reject(new Error(planted))],
    ["answers something else", () => Promise.resolve({ "us-east": planted })],
  ];
  it.each(failing)(
    "says so in each region's entry when the probe Worker %s",
    async (_name, act) => {
      const logged = vi.spyOn(console, "error").mockImplementation(() => {});
      const response = await post({ environment: { PROBE: { probeNow: act } } });
      logged.mockRestore();
      const { regions } = await readAnswer(response, probeNowResponseSchema);
      const entry = {
        kind: "failed",
        reason: "region-unreachable",
        detail: "the probe Worker failed",
      };
      expect(regions).toEqual({ "us-east": entry, "us-west": entry });
    },
  );

  it("does not wait for a probe Worker that hangs", async () => {
    const clock = { now: () => start * 1000, sleep: () => Promise.resolve() };
    const PROBE = { probeNow: () => new Promise(() => {}) };
    const response = await post({ clock, environment: { PROBE } });
    const { regions } = await readAnswer(response, probeNowResponseSchema);
    expect(regions["us-east"]).toMatchObject({
      kind: "failed",
      detail: expect.stringMatching(/^the probe Worker did not answer within \d+ ms$/),
    });
  });
});
