import { beforeEach, describe, expect, it } from "vitest";
import { slaDocumentSchema } from "../../../shared/contract/api/sla.ts";
import { readAnswer } from "../testing/read-answer.ts";
import {
  applyConfig,
  ask,
  configOf,
  down,
  minute,
  plainMonitors,
  record,
  resetWorld,
  up,
} from "../testing/world.ts";

beforeEach(async () => {
  await resetWorld();
  await applyConfig(configOf(plainMonitors("home", "login")));
});

/** The SLA of both monitors after ten minutes. */
async function measured() {
  const answer = await ask("/api/monitoring/sla?window=1h", { at: minute(9) + 59 });
  const { monitors } = await readAnswer(answer, slaDocumentSchema);
  const [home, login] = monitors;
  if (home === undefined || login === undefined) throw new Error("a monitor is missing");
  return { home, login };
}

/** From minute 2 to minute 5. */
const isSilent = (time: number) => time >= minute(2) && time < minute(5);

describe("a region of which one object is silent", () => {
  it("makes the monitors of that object unknown in it, and in the region no other", async () => {
    await record({ from: minute(0), to: minute(10) }, (monitor, region, time) =>
      monitor === "login" && region === "eu-west" && isSilent(time) ? null : up,
    );
    const { home, login } = await measured();
    expect(login.regions["eu-west"]).toMatchObject({
      upSeconds: 419,
      unknownSeconds: 180,
      downSeconds: 0,
      availability: 1,
      worst: 419 / 599,
    });
    expect(login.regions["us-east"]).toMatchObject({ upSeconds: 599, unknownSeconds: 0 });
    // The other regions saw it: overall it is known.
    expect(login.overall).toMatchObject({ upSeconds: 599, unknownSeconds: 0 });
    expect(home.regions["eu-west"]).toMatchObject({ upSeconds: 599, unknownSeconds: 0 });
  });

  it("makes them unknown overall where that is so in every region, neither up nor down", async () => {
    await record({ from: minute(0), to: minute(10) }, (monitor, _region, time) =>
      monitor === "login" && isSilent(time) ? null : up,
    );
    const { home, login } = await measured();
    expect(login.overall).toMatchObject({
      upSeconds: 419,
      unknownSeconds: 180,
      downSeconds: 0,
      worst: 419 / 599,
      best: 1,
      outages: 0,
    });
    expect(home.overall).toMatchObject({ upSeconds: 599, unknownSeconds: 0 });
  });

  it("does not turn an outage into time up", async () => {
    await record({ from: minute(0), to: minute(10) }, (monitor, _region, time) => {
      if (monitor !== "login") return up;
      return isSilent(time) ? null : down();
    });
    expect((await measured()).login.overall).toMatchObject({
      upSeconds: 0,
      downSeconds: 419,
      unknownSeconds: 180,
      availability: 0,
    });
  });
});
