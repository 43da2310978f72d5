import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { falseAlarmSchema } from "../../../shared/contract/api/reports.ts";
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
} from "../testing/world.ts";

const path = "/api/monitoring/outages";

beforeAll(async () => {
  await resetWorld();
  await applyConfig(configOf(plainMonitors("home")), minute(0));
  await record({ from: minute(0), to: minute(2) }, () => down());
});

const say = (number: number | string, at: number, body: string | null) =>
  ask(`${path}/${number}/false-alarm`, {
    at,
    method: body === null ? "DELETE" : "POST",
    ...(body === null ? {} : { headers: { "Content-Type": "application/json" }, body }),
  });

// One story: each part goes on where the one before it ended.
describe("marking an outage as a false alarm", () => {
  it("keeps who said so and when", async () => {
    const answer = await readAnswer(await say(1, minute(3), '{"by":" Ada "}'), falseAlarmSchema);
    expect(answer).toEqual({ number: 1, falseAlarm: { at: iso(minute(3)), by: "Ada" } });
  });

  it("again changes nothing", async () => {
    const answer = await readAnswer(await say(1, minute(4), '{"by":"Bob"}'), falseAlarmSchema);
    expect(answer.falseAlarm).toEqual({ at: iso(minute(3)), by: "Ada" });
  });

  it("outlasts what is recorded of the outage", async () => {
    await record({ from: minute(2), to: minute(4) }, allUp);
    const row = await env.DB.prepare("SELECT ended_at, false_alarm_by FROM outages").first();
    expect(row).toEqual({ ended_at: minute(2), false_alarm_by: "Ada" });
  });

  it("can be taken back, once or twice", async () => {
    for (const at of [minute(5), minute(6)]) {
      const answer = await readAnswer(await say(1, at, null), falseAlarmSchema);
      expect(answer).toEqual({ number: 1, falseAlarm: null });
    }
  });

  it("without a name is by the admin", async () => {
    const answer = await readAnswer(await say(1, minute(7), "{}"), falseAlarmSchema);
    expect(answer.falseAlarm).toEqual({ at: iso(minute(7)), by: "admin" });
  });

  it("of an outage that is not there is a 404", async () => {
    await readProblem(await say(99, minute(7), "{}"), "not-found", 404);
    await readProblem(await say(99, minute(7), null), "not-found", 404);
  });

  it.each([
    ["x", "{}", "number", "the number of an outage, as the list gives it"],
    ["1", '{"by":""}', "by", "a name of 1 to 100 characters"],
    ["1", '{"by":7}', "by", "a name of 1 to 100 characters"],
    ["1", '{"who":"Ada"}', "json", "has a parameter that this route does not take"],
  ])("%s with %s names %s", async (number, body, field, message) => {
    const problem = await readProblem(await say(number, minute(7), body), "invalid-request", 400);
    expect(problem.errors).toEqual([{ field, message }]);
  });
});
