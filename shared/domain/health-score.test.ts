import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type HealthScore,
  healthScore,
  type ScoredMonitor,
  usualHealthSettings,
} from "./health-score.ts";
import { type Category, categories } from "./labels.ts";
import { judgeMetric, type MetricDefinition, type PresentMetric } from "./metric.ts";
import { type Status, statuses } from "./status.ts";

const monitor = (
  id: string,
  category: Category | null,
  status: Status,
  weight = 1,
): ScoredMonitor => ({ id, category, status, weight });

const definition: MetricDefinition = {
  name: "memoryMb",
  unit: "MB",
  category: "system",
  thresholds: { direction: "above", warning: 400, critical: 500 },
  aggregate: "average",
  windowSeconds: 300,
};

const metric = (value: number | null, changes: Partial<MetricDefinition> = {}): PresentMetric =>
  judgeMetric({ ...definition, ...changes }, value === null ? [] : [{ value, at: 0 }], true);

/** One monitor up in every category. */
const allUp = categories.map((category) => monitor(category, category, "up"));

const deducted = ({ deductions }: HealthScore) =>
  deductions.reduce((sum, { points }) => sum + points, 0);

describe("the health score", () => {
  it("is 100 where everything is well, by the weights that NetPost asked for", () => {
    const health = healthScore(allUp, [metric(400)]);
    expect(health).toMatchObject({ score: 100, level: "ok", deductions: [], missing: [] });
    expect(health.parts.map(({ share }) => share)).toEqual([0.3, 0.25, 0.2, 0.15, 0.1]);
  });

  it("loses a category's weight with the category", () => {
    const [database, ...others] = allUp;
    if (database === undefined) throw new RangeError("five categories");
    const health = healthScore([{ ...database, status: "down" }, ...others], []);
    expect(health).toMatchObject({ score: 70, level: "warning" });
    expect(health.deductions).toEqual([
      {
        category: "database",
        points: 30,
        cause: { kind: "monitor", monitor: "database", status: "down" },
      },
    ]);
  });

  it.each([
    [400, 100],
    [400.5, 99.9],
    [425, 95],
    [450, 90],
    [500, 80],
    [900, 80],
  ])("falls with memory between its thresholds: at %s MB it is %s", (value, score) => {
    expect(healthScore(allUp, [metric(value)]).score).toBeCloseTo(score, 9);
  });

  it.each([
    [80, 100],
    [65, 90],
    [50, 80],
    [0, 80],
  ])("and for what is bad below them: at %s %% it is %s", (value, score) => {
    const hits = metric(value, { thresholds: { direction: "below", warning: 80, critical: 50 } });
    expect(healthScore(allUp, [hits]).score).toBeCloseTo(score, 9);
  });

  it("takes the worst metric of a category, and names the one that it hides", () => {
    const metrics = [metric(450), metric(490, { name: "heapMb" })];
    const health = healthScore(allUp, metrics);
    expect(health.score).toBeCloseTo(82, 9);
    expect(health.deductions.map(({ points, cause }) => [cause, points])).toEqual([
      [{ kind: "metric", metric: metrics[1] }, expect.closeTo(18, 9)],
      [{ kind: "metric", metric: metrics[0] }, 0],
    ]);
  });

  it("weighs the monitors of a category, a degraded one half", () => {
    const monitors = [
      monitor("a", "database", "down", 1),
      monitor("b", "database", "degraded", 2),
      monitor("c", "database", "up", 5),
    ];
    const health = healthScore(monitors, []);
    expect(health.score).toBeCloseTo(75, 9);
    expect(health.deductions.map(({ points }) => points)).toEqual([12.5, 12.5]);
  });

  it("leaves out what nothing is known of, and shares its weight", () => {
    const monitors = [
      monitor("a", "database", "up"),
      monitor("b", "external", "unknown"),
      monitor("c", "system", "down"),
    ];
    const health = healthScore(monitors, [metric(null, { category: "external" })]);
    expect(health.score).toBeCloseTo(60, 9);
    expect(health.parts.map(({ category, share, score }) => [category, share, score])).toEqual([
      ["database", 0.6, 100],
      ["external", 0, null],
      ["system", 0.4, 0],
      ["security", 0, null],
      ["dependencies", 0, null],
    ]);
    expect(health.missing).toEqual([
      { kind: "monitor", category: "external", monitor: "b" },
      { kind: "metric", category: "external", metric: metric(null, { category: "external" }) },
    ]);
  });

  it("is none where nothing is known", () => {
    expect(healthScore([], [])).toMatchObject({ score: null, level: null, deductions: [] });
    expect(healthScore([monitor("a", "system", "unknown")], [metric(null)])).toMatchObject({
      score: null,
      level: null,
    });
  });

  it("takes no account of what has no category, or no thresholds", () => {
    const metrics = [metric(1e6, { category: null }), metric(1e6, { thresholds: null })];
    expect(healthScore([...allUp, monitor("x", null, "down")], metrics)).toMatchObject({
      score: 100,
      missing: [],
    });
  });

  it.each([
    [80, "ok"],
    [79.9, "warning"],
    [60, "warning"],
    [59.9, "critical"],
  ])("of %s has the level %s", (score, level) => {
    // Linear from 0 to 100: the metric's score is 100 less its value.
    const thresholds = { direction: "above", warning: 0, critical: 100 } as const;
    expect(healthScore([], [metric(100 - score, { thresholds })])).toMatchObject({ level });
  });

  it("is weighed as configured", () => {
    const weights = { database: 1, external: 0, system: 3, security: 0, dependencies: 0 };
    const monitors = [monitor("a", "database", "down"), monitor("b", "system", "up")];
    const settings = { ...usualHealthSettings, weights, warningBelow: 76, criticalBelow: 75 };
    expect(healthScore(monitors, [], settings)).toMatchObject({ score: 75, level: "warning" });
    // A category without weight counts no more than one that is not known.
    expect(healthScore([monitor("c", "external", "down")], [], settings).score).toBeNull();
  });
});

const arbitraryCategory = fc.constantFrom(...categories);
const arbitraryMonitor = fc.record({
  id: fc.string({ minLength: 1, maxLength: 4 }),
  category: fc.option(arbitraryCategory),
  weight: fc.double({ min: 0.01, max: 1_000, noNaN: true }),
  status: fc.constantFrom(...statuses),
});
const arbitraryValue = fc.option(fc.double({ min: -2_000, max: 2_000, noNaN: true }));
const arbitraryThresholds = fc
  .record({
    direction: fc.constantFrom("above" as const, "below" as const),
    warning: fc.integer({ min: -900, max: 900 }),
    gap: fc.integer({ min: 1, max: 900 }),
  })
  .map(({ direction, warning, gap }) => ({
    direction,
    warning,
    critical: direction === "above" ? warning + gap : warning - gap,
  }));
const arbitraryMetric = fc
  .record({
    name: fc.string({ minLength: 1, maxLength: 4 }),
    category: arbitraryCategory,
    thresholds: arbitraryThresholds,
    value: arbitraryValue,
  })
  .map(({ value, ...changes }) => metric(value, changes));
const arbitraryInputs = fc.record({
  monitors: fc.array(arbitraryMonitor, { maxLength: 12 }),
  metrics: fc.array(arbitraryMetric, { maxLength: 8 }),
});

const worseStatus = { up: "degraded", degraded: "down", down: "down", unknown: "unknown" } as const;

describe("of any inputs, the health score", () => {
  it("lies between 0 and 100, as its parts do, and what is missing to 100 is accounted for", () => {
    fc.assert(
      fc.property(arbitraryInputs, ({ monitors, metrics }) => {
        const health = healthScore(monitors, metrics);
        for (const { score } of [health, ...health.parts]) {
          if (score === null) continue;
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(100 + 1e-9);
        }
        if (health.score !== null) expect(health.score + deducted(health)).toBeCloseTo(100, 6);
        const shares = health.parts.reduce((sum, { share }) => sum + share, 0);
        expect(shares).toBeCloseTo(health.score === null ? 0 : 1, 9);
      }),
    );
  });

  it("never rises when an input gets worse", () => {
    fc.assert(
      fc.property(
        arbitraryInputs,
        fc.nat(),
        fc.double({ min: 0, max: 1_000, noNaN: true }),
        ({ monitors, metrics }, which, by) => {
          const before = healthScore(monitors, metrics).score;
          const index = which % Math.max(1, monitors.length + metrics.length);
          const worseMonitors = monitors.map((one, at) =>
            at === index ? { ...one, status: worseStatus[one.status] } : one,
          );
          const worseMetrics = metrics.map((one, at) => {
            if (at + monitors.length !== index || one.value === null) return one;
            const away = one.definition.thresholds?.direction === "below" ? -by : by;
            return metric(one.value + away, one.definition);
          });
          const after = healthScore(worseMonitors, worseMetrics).score;
          if (before === null) expect(after).toBeNull();
          else expect(after).toBeLessThanOrEqual(before + 1e-9);
        },
      ),
    );
  });

  it("is the same with what is unknown as without it (law 7)", () => {
    fc.assert(
      fc.property(arbitraryInputs, ({ monitors, metrics }) => {
        const whole = healthScore(monitors, metrics);
        const known = healthScore(
          monitors.filter(({ status }) => status !== "unknown"),
          metrics.filter(({ value }) => value !== null),
        );
        expect(whole.score).toBe(known.score);
        expect(whole.deductions).toEqual(known.deductions);
        expect(known.missing).toEqual([]);
      }),
    );
  });

  it("shares out the weight of what is left out in proportion", () => {
    fc.assert(
      fc.property(arbitraryInputs, arbitraryCategory, ({ monitors, metrics }, category) => {
        const others = healthScore(
          monitors.filter((one) => one.category !== category),
          metrics.filter(({ definition }) => definition.category !== category),
        );
        const shares = new Map(others.parts.map((part) => [part.category, part.share]));
        expect(shares.get(category)).toBe(0);
        const { weights } = usualHealthSettings;
        const ratios = others.parts
          .filter(({ score }) => score !== null)
          .map((part) => part.share / weights[part.category]);
        for (const ratio of ratios) expect(ratio).toBeCloseTo(ratios[0] ?? 0, 12);
      }),
    );
  });
});
