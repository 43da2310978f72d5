import { describe, expect, it } from "vitest";
import { planDocumentSchema } from "../contract/plan.ts";
import { compile } from "./compile.ts";
import { diff } from "./diff.ts";
import { parseConfig } from "./parse.ts";
import { fileWith, regions } from "./testing/fixtures.ts";

function compiled(file: object = {}) {
  const parsed = parseConfig(fileWith({}, file));
  if (!parsed.ok) throw new RangeError(parsed.mistakes.join("\n"));
  const identities = {
    monitors: new Map([["api-health", { number: 1, addedAt: 0 }]]),
    regions: new Map(Object.keys(regions).map((id, index) => [id, index + 1])),
  };
  return compile(parsed.config, identities, 1);
}

describe("metrics in the configuration", () => {
  it("are the usual ones where nothing is said, as is the health score", () => {
    const plan = compiled();
    expect([plan.metrics, plan.healthScore]).toEqual([undefined, undefined]);
  });

  it("go into the plan with what is usual filled in", () => {
    const { metrics, healthScore } = compiled({
      metrics: [
        { name: "memoryMb", unit: "MB", category: "system", warning: 400, critical: 500 },
        {
          name: "hits",
          unit: "%",
          direction: "below",
          warning: 80,
          critical: 50,
          aggregate: "min",
        },
        { name: "requestsPerSecond", unit: "1/s", windowSeconds: 600 },
      ],
      healthScore: { weights: { external: 0 } },
    });
    expect(metrics).toEqual([
      {
        name: "memoryMb",
        unit: "MB",
        category: "system",
        thresholds: { direction: "above", warning: 400, critical: 500 },
        aggregate: "average",
        windowSeconds: 300,
      },
      {
        name: "hits",
        unit: "%",
        category: null,
        thresholds: { direction: "below", warning: 80, critical: 50 },
        aggregate: "min",
        windowSeconds: 300,
      },
      {
        name: "requestsPerSecond",
        unit: "1/s",
        category: null,
        thresholds: null,
        aggregate: "average",
        windowSeconds: 600,
      },
    ]);
    expect(healthScore).toEqual({
      weights: { database: 30, external: 0, system: 20, security: 15, dependencies: 10 },
      warningBelow: 80,
      criticalBelow: 60,
    });
  });

  it("come back from the database as they went in", () => {
    const plan = compiled({ metrics: [{ name: "a", unit: "1" }], healthScore: {} });
    expect(planDocumentSchema.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });

  it("are told by name when they change", () => {
    const before = compiled({ metrics: [{ name: "a", unit: "1" }] });
    const after = compiled({
      metrics: [
        { name: "a", unit: "%" },
        { name: "b", unit: "1" },
      ],
      healthScore: { warningBelow: 90 },
    });
    const changes = diff(before, after);
    expect(changes.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      "change metric a",
      "add metric b",
      "change health score",
    ]);
    expect(changes[0]?.fields).toEqual([{ path: "unit", before: '"1"', after: '"%"' }]);
  });
});
