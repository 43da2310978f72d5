/** One invalid file per rule: of metrics and the health score. */
import { fileWith } from "./fixtures.ts";
import type { Fixture } from "./invalid-files.ts";

const metric = { name: "memoryMb", unit: "MB" };
const having = (...metrics: object[]) => fileWith({}, { metrics });
const scoring = (healthScore: object) => fileWith({}, { healthScore });

export const ofMetrics: readonly Fixture[] = [
  [
    "a metric has a name",
    having({ ...metric, name: "9 lives" }),
    "metrics[0].name: a metric's name begins with a letter; letters, digits, ., _ and -, at most 64",
  ],
  [
    "a metric has a unit",
    having({ ...metric, unit: "" }),
    "metrics[0].unit: Too small: expected string to have >=1 characters",
  ],
  [
    "a metric is defined once",
    having(metric, { ...metric, unit: "GB" }),
    "metrics[1].name: the same name as metrics[0]",
  ],
  [
    "a metric's category is a part of the health score",
    having({ ...metric, category: "network" }),
    'metrics[0].category: Invalid option: expected one of "database"|"external"|"system"|"security"|"dependencies"',
  ],
  [
    "thresholds come in pairs",
    having({ ...metric, warning: 400 }),
    "metrics[0].critical: warning and critical are given together, or neither is",
  ],
  [
    "critical is above warning",
    having({ ...metric, warning: 500, critical: 500 }),
    "metrics[0].critical: above the warning threshold",
  ],
  [
    "or below it, where that is worse",
    having({ ...metric, direction: "below", warning: 3, critical: 14 }),
    "metrics[0].critical: below the warning threshold",
  ],
  [
    "a window is as long as a check",
    having({ ...metric, windowSeconds: 59 }),
    "metrics[0].windowSeconds: Too small: expected number to be >=60",
  ],
  [
    "values become one in a way we know",
    having({ ...metric, aggregate: "median" }),
    'metrics[0].aggregate: Invalid option: expected one of "average"|"newest"|"p95"|"max"|"min"',
  ],
  [
    "a metric has no other settings",
    having({ ...metric, threshold: 1 }),
    "metrics[0]: no such setting: threshold; allowed: name, unit, category, direction, warning, critical, aggregate, windowSeconds",
  ],
  [
    "some category counts",
    scoring({
      weights: { database: 0, external: 0, system: 0, security: 0, dependencies: 0 },
    }),
    "healthScore.weights: one is above zero",
  ],
  [
    "no category counts against",
    scoring({ weights: { database: -1 } }),
    "healthScore.weights.database: Too small: expected number to be >=0",
  ],
  [
    "critical is worse than warning",
    scoring({ warningBelow: 60, criticalBelow: 60 }),
    "healthScore.criticalBelow: less than warningBelow",
  ],
  [
    "levels lie on the score's scale",
    scoring({ warningBelow: 101 }),
    "healthScore.warningBelow: Too big: expected number to be <=100",
  ],
];
