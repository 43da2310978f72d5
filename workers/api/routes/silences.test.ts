import { beforeAll, describe, expect, it } from "vitest";
import { explanationSchema } from "../../../shared/contract/api/alerts.ts";
import { silenceListSchema, singleSilenceSchema } from "../../../shared/contract/api/silences.ts";
import { decide, outageSample, send } from "../testing/alerting.ts";
import { readAnswer, readProblem } from "../testing/read-answer.ts";
import {
  applyConfig,
  ask,
  configOf,
  iso,
  minute,
  plainMonitors,
  resetWorld,
} from "../testing/world.ts";

const path = "/api/monitoring/silences";
const matchers = [{ field: "monitor", value: "ho*" }];
const listed = async (state: string, at: number) =>
  (await readAnswer(await ask(`${path}?state=${state}`, { at }), silenceListSchema)).silences.map(
    ({ id, state: is, muted }) => `${id} ${is} ${muted}`,
  );

beforeAll(async () => {
  await resetWorld();
  await applyConfig(configOf(plainMonitors("home", "api")), minute(0));
});

// One story: each part goes on where the one before it ended.
describe("silences", () => {
  it("are declared for now or later, with author and reason", async () => {
    const now = await send(
      "POST",
      path,
      { matchers, reason: "Moving", minutes: 60, by: "Ann" },
      minute(0),
    );
    expect(now.status).toBe(201);
    expect(singleSilenceSchema.parse(await now.json()).silence).toEqual({
      id: 1,
      state: "active",
      matchers: [{ field: "monitor", equals: true, value: "ho*" }],
      author: "Ann",
      reason: "Moving",
      startsAt: iso(minute(0)),
      endsAt: iso(minute(60)),
      createdAt: iso(minute(0)),
      endedBy: null,
      muted: 0,
    });
    const later = { matchers, reason: "R", startsAt: iso(minute(90)), endsAt: iso(minute(100)) };
    expect((await send("POST", path, later, minute(0))).status).toBe(201);
    expect(await listed("current", minute(1))).toEqual(["1 active 0", "2 pending 0"]);
  });

  it("mute what matches, and tell what that was", async () => {
    const down = [
      outageSample("home", minute(1), minute(1) + 5),
      outageSample("api", minute(1), minute(1) + 5),
    ];
    const { decisions } = await decide(down, minute(1) + 6);
    expect(decisions.map(({ alert, decision }) => `${alert} ${decision}`)).toEqual([
      "service-down/home not-told",
      "service-down/api told",
    ]);
    const one = await readAnswer(await ask(`${path}/1`, { at: minute(2) }), singleSilenceSchema);
    expect(one.silence.muted).toBe(1);
    expect(one.muted).toEqual([
      {
        alert: "service-down~home",
        at: iso(minute(1) + 6),
        level: "critical",
        detail: "service-down critical",
      },
    ]);
    const why = await readAnswer(
      await ask("/api/monitoring/alerts/service-down~home/explain", { at: minute(2) }),
      explanationSchema,
    );
    expect(why.decisions[0]).toMatchObject({ because: "silence", data: { silence: 1 } });
    expect(why.words).toContain(
      "Critical alert service-down/home (service-down critical): nobody is told, because silence 1 matches it.",
    );
  });

  it("end early, once, and then nothing is muted any more", async () => {
    const ended = await readAnswer(
      await ask(`${path}/1?by=Bob`, { at: minute(3), method: "DELETE" }),
      singleSilenceSchema,
    );
    expect(ended.silence).toMatchObject({ state: "past", endedBy: "Bob", endsAt: iso(minute(3)) });
    const again = await ask(`${path}/1`, { at: minute(3), method: "DELETE" });
    await readProblem(again, "conflict", 409);
    const { decisions } = await decide(
      [
        outageSample("home", minute(1), minute(1) + 5),
        outageSample("api", minute(1), minute(1) + 5),
      ],
      minute(3) + 6,
    );
    expect(decisions.map(({ alert, decision }) => `${alert} ${decision}`)).toEqual([
      "service-down/home told",
    ]);
  });

  it("before they begin they end as if they had never been", async () => {
    await readAnswer(
      await ask(`${path}/2`, { at: minute(4), method: "DELETE" }),
      singleSilenceSchema,
    );
    expect(await listed("current", minute(4))).toEqual([]);
    expect(await listed("past", minute(5))).toEqual(["2 past 0", "1 past 1"]);
    expect(await listed("active", minute(5))).toEqual([]);
  });

  it("are listed a page at a time", async () => {
    const page = await readAnswer(
      await ask(`${path}?state=all&limit=1`, { at: minute(5) }),
      silenceListSchema,
    );
    expect(page).toMatchObject({ silences: [{ id: 2 }], nextCursor: "2" });
    const next = await readAnswer(
      await ask(`${path}?state=all&limit=1&cursor=2`, { at: minute(5) }),
      silenceListSchema,
    );
    expect(next).toMatchObject({ silences: [{ id: 1 }], nextCursor: null });
  });

  const good = { matchers, reason: "R", minutes: 5 };
  it.each([
    [{ ...good, matchers: [] }, "matchers"],
    [{ ...good, matchers: [{ field: "name", value: "x" }] }, "matchers.0.field"],
    [{ ...good, matchers: [{ field: "monitor", value: "" }] }, "matchers.0.value"],
    [{ ...good, reason: " " }, "reason"],
    [{ ...good, minutes: 0 }, "minutes"],
    [{ ...good, endsAt: iso(minute(60)) }, "endsAt"],
    [{ matchers, reason: "R" }, "endsAt"],
    [{ matchers, reason: "R", endsAt: iso(minute(1)) }, "endsAt"],
    [{ matchers, reason: "R", endsAt: iso(minute(60 * 24 * 31)) }, "endsAt"],
    [{ ...good, startsAt: iso(minute(-60)) }, "startsAt"],
    [{ ...good, startsAt: "soon" }, "startsAt"],
    [{ ...good, more: 1 }, "body"],
  ])("%# is refused", async (body, field) => {
    const response = await send("POST", path, body, minute(6));
    const problem = await readProblem(response, "invalid-request", 400);
    expect(problem.errors?.map((error) => error.field)).toEqual([field]);
  });

  it("that are not there are a 404", async () => {
    await readProblem(await ask(`${path}/99`, { at: minute(6) }), "not-found", 404);
    await readProblem(
      await ask(`${path}/99`, { at: minute(6), method: "DELETE" }),
      "not-found",
      404,
    );
    await readProblem(await ask(`${path}/x`, { at: minute(6) }), "invalid-request", 400);
  });
});
