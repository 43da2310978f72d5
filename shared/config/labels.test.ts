import { describe, expect, it } from "vitest";
import { monitorSchema } from "../contract/plan.ts";
import { noLabels } from "../domain/labels.ts";
import { monitorOf } from "../domain/testing/fixtures.ts";
import { compile } from "./compile.ts";
import { parseConfig } from "./parse.ts";
import { fileWith, monitor, regions } from "./testing/fixtures.ts";

const numbersOf = (ids: readonly string[]) =>
  new Map(ids.map((id, index) => [id, { number: index + 1, addedAt: 0 }]));

/** The labels of each monitor of a file as it is run. */
function labelsIn(file: unknown) {
  const parsed = parseConfig(file);
  if (!parsed.ok) throw new RangeError(parsed.mistakes.join("\n"));
  const identities = {
    monitors: numbersOf(parsed.config.monitors.map(({ id }) => id)),
    regions: new Map(Object.keys(regions).map((id, index) => [id, index + 1])),
  };
  return compile(parsed.config, identities, 1).monitors.map(
    ({ category, tags, weight, dependsOn }) => ({ category, tags, weight, dependsOn }),
  );
}

const mistakesIn = (file: unknown) => {
  const parsed = parseConfig(file);
  return parsed.ok ? [] : parsed.mistakes;
};

const needing = (needs: Readonly<Record<string, readonly string[]>>) =>
  fileWith(
    {},
    { monitors: Object.entries(needs).map(([id, dependsOn]) => ({ ...monitor, id, dependsOn })) },
  );

describe("a monitor's labels", () => {
  it("are none where nothing is said", () => {
    expect(labelsIn(fileWith())).toEqual([noLabels]);
  });

  it("go into the plan as they are written", () => {
    const labels = { category: "database", tags: ["core", "tier-1"], weight: 2.5, dependsOn: [] };
    expect(labelsIn(fileWith(labels))).toEqual([labels]);
  });

  it("belong to heartbeats as well", () => {
    const heartbeat = { id: "job", name: "Job", type: "heartbeat", every: 3600, weight: 3 };
    const file = fileWith({}, { monitors: [heartbeat] });
    expect(labelsIn(file)).toEqual([{ ...noLabels, weight: 3 }]);
  });

  it("are none in a plan that was applied before there were any", () => {
    const { category, tags, weight, dependsOn, ...earlier } = monitorOf();
    expect(monitorSchema.parse(earlier)).toEqual({ ...earlier, ...noLabels });
  });
});

describe("dependencies", () => {
  it("may meet again further down", () => {
    expect(mistakesIn(needing({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] }))).toEqual([]);
  });

  it("are no circle of two", () => {
    expect(mistakesIn(needing({ a: ["b"], b: ["a"] }))).toEqual([
      "monitors[0].dependsOn[0]: a circle: a → b → a",
      "monitors[1].dependsOn[0]: a circle: b → a → b",
    ]);
  });

  it("are no longer circle either, and who only leads into it is not blamed", () => {
    expect(mistakesIn(needing({ a: ["b"], b: ["c"], c: ["d", "e"], d: ["b"], e: [] }))).toEqual([
      "monitors[1].dependsOn[0]: a circle: b → c → d → b",
      "monitors[2].dependsOn[0]: a circle: c → d → b → c",
      "monitors[3].dependsOn[0]: a circle: d → b → c → d",
    ]);
  });

  it("are found in time among ten thousand", () => {
    const chain = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, n) => [`m${n}`, n === 9_999 ? [] : [`m${n + 1}`]]),
    );
    expect(mistakesIn(needing(chain))).toEqual([]);
  });
});
