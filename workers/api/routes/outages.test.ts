import { beforeAll, describe, expect, it } from "vitest";
import { outageListSchema } from "../../../shared/contract/api/outages.ts";
import { readAnswer, readProblem } from "../testing/read-answer.ts";
import {
  applyConfig,
  ask,
  configOf,
  down,
  iso,
  minute,
  plainMonitors,
  record,
  recordingDelay,
  resetWorld,
  up,
} from "../testing/world.ts";

const path = "/api/monitoring/outages";
const at = minute(83) + 10;

async function list(query = "") {
  return readAnswer(await ask(`${path}${query}`, { at }), outageListSchema);
}

/** Home fails for one minute in twenty: outages at 1, 21, 41, 61, 81; removed at 82. */
beforeAll(async () => {
  await resetWorld();
  await applyConfig(configOf(plainMonitors("home", "login")), minute(0));
  await record({ from: minute(0), to: minute(82) }, (monitor, _, time) =>
    monitor === "home" && ((time - minute(0)) / 60) % 20 === 1 ? down() : up,
  );
  await applyConfig(configOf(plainMonitors("login")), minute(82));
  await record({ from: minute(82), to: minute(83) }, () => up);
  await record({ from: minute(83), to: minute(84) }, () => down("still failing"));
});

describe("GET /api/monitoring/outages", () => {
  it("lists them, newest first", async () => {
    const { outages, nextCursor } = await list();
    expect(outages.map(({ number }) => number)).toEqual([6, 5, 4, 3, 2, 1]);
    expect(nextCursor).toBeNull();
    expect(outages[0]).toEqual({
      number: 6,
      monitor: { id: "login", name: "Monitor login" },
      state: "open",
      startedAt: iso(minute(83)),
      detectedAt: iso(minute(83) + recordingDelay),
      endedAt: null,
      durationSeconds: 10,
      reopenings: 0,
      flapping: false,
      cause: {
        reason: "status",
        detail: "still failing",
        regions: ["us-east", "us-west", "eu-west"],
      },
    });
  });

  it("keeps those of a monitor that is no longer watched, without its name", async () => {
    const { outages } = await list();
    expect(outages[1]).toMatchObject({
      number: 5,
      monitor: { id: "home", name: null },
      state: "closed",
      startedAt: iso(minute(81)),
      endedAt: iso(minute(82)),
      durationSeconds: 60,
    });
  });

  it("tells open from closed", async () => {
    expect((await list("?state=open")).outages.map(({ number }) => number)).toEqual([6]);
    const { outages } = await list("?state=closed");
    expect(outages.map(({ number }) => number)).toEqual([5, 4, 3, 2, 1]);
  });

  it.each(["all", "closed"])("pages through %s without a gap or a repetition", async (state) => {
    const seen: number[] = [];
    let cursor = "";
    for (;;) {
      const { outages, nextCursor } = await list(`?state=${state}&limit=2${cursor}`);
      expect(outages.length).toBeLessThanOrEqual(2);
      seen.push(...outages.map(({ number }) => number));
      if (nextCursor === null) break;
      cursor = `&cursor=${nextCursor}`;
    }
    expect(seen).toEqual((await list(`?state=${state}`)).outages.map(({ number }) => number));
  });

  it("has no next page where the last one is just full", async () => {
    expect((await list("?limit=6")).nextCursor).toBeNull();
  });

  const refused = [
    ["state=closing", "state", "open, closed or all, given once"],
    ["limit=0", "limit", "a whole number from 1 to 100"],
    ["limit=101", "limit", "a whole number from 1 to 100"],
    ["limit=ten", "limit", "a whole number from 1 to 100"],
    ["limit=", "limit", "a whole number from 1 to 100"],
    ["limit=1&limit=2", "limit", "a whole number from 1 to 100, given once"],
    ["cursor=0", "cursor", "the nextCursor of an earlier answer"],
    ["cursor=abc", "cursor", "the nextCursor of an earlier answer"],
    ["status=open", "query", "has a parameter that this route does not take"],
  ];
  it.each(refused)("refuses ?%s", async (query, field, message) => {
    const response = await ask(`${path}?${query}`, { at });
    const problem = await readProblem(response, "invalid-request", 400);
    expect(problem.errors).toEqual([{ field, message }]);
    expect(problem.detail).toBe(`Not valid: ${field}.`);
  });
});
