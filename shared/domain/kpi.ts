/**
 * Key performance indicators: a value, its target, and from what it was computed. What is not known
 * is null with a reason, never 0: an indicator nobody measured must not look like a good one.
 */

/** How a target is meant: the value has to be at least, above or below it. */
export interface KpiTarget {
  readonly bound: "at-least" | "above" | "below";
  readonly value: number;
}

export const kpiUnits = ["percent", "seconds", "milliseconds", "points", "date"] as const;

interface KpiKind {
  readonly name: string;
  readonly unit: (typeof kpiUnits)[number];
  /** How its target is meant; null where none can be set. */
  readonly bound: KpiTarget["bound"] | null;
  /** The target unless the configuration says otherwise; null: none. */
  readonly target: number | null;
}

/** Every indicator, in the order in which they are shown. */
export const kpiKinds = {
  uptime: { name: "Uptime", unit: "percent", bound: "at-least", target: 99.9 },
  slaTargetsMet: {
    name: "Monitors that kept their SLA target",
    unit: "percent",
    bound: "at-least",
    target: 100,
  },
  timeToDetect: {
    name: "Mean time to detect (MTTD)",
    unit: "seconds",
    bound: "below",
    target: 300,
  },
  timeToRecover: {
    name: "Mean time to recover (MTTR)",
    unit: "seconds",
    bound: "below",
    target: null,
  },
  p1Recovery: { name: "Time to recover, P1", unit: "seconds", bound: "below", target: 7_200 },
  alertAccuracy: { name: "Alert accuracy", unit: "percent", bound: "above", target: 95 },
  responseDeadlinesMet: {
    name: "Incident response deadlines met",
    unit: "percent",
    bound: "at-least",
    target: null,
  },
  maintenanceAdherence: {
    name: "Maintenance kept inside its windows",
    unit: "percent",
    bound: "at-least",
    target: null,
  },
  averageResponseTime: {
    name: "Average response time",
    unit: "milliseconds",
    bound: "below",
    target: 500,
  },
  p95ResponseTime: {
    name: "95th percentile of response time",
    unit: "milliseconds",
    bound: "below",
    target: 1_000,
  },
  errorRate: { name: "Checks that failed", unit: "percent", bound: "below", target: 1 },
  requestErrorRate: {
    name: "Error rate that NetPost reports",
    unit: "percent",
    bound: "below",
    target: 1,
  },
  databaseQueryTime: {
    name: "Database query time",
    unit: "milliseconds",
    bound: "below",
    target: 250,
  },
  healthScore: { name: "Average health score", unit: "points", bound: "above", target: 85 },
  docsReviewed: {
    name: "Operational docs last reviewed",
    unit: "date",
    bound: null,
    target: null,
  },
} as const satisfies Readonly<Record<string, KpiKind>>;

export type KpiId = keyof typeof kpiKinds;

/** Targets that take the place of the usual ones, by indicator. */
export type KpiTargets = Readonly<Partial<Record<KpiId, number | undefined>>>;

/** What the configuration says about indicators. */
export interface KpiSettings {
  /** When the operational docs were last reviewed, YYYY-MM-DD; null: nobody said. */
  readonly docsReviewedOn: string | null;
  readonly targets: KpiTargets;
}

/** A value with what it was computed from, or why there is none. */
export interface Finding {
  /** A number in the indicator's unit, or a date as YYYY-MM-DD; null: not known. */
  readonly value: number | string | null;
  /** Why the value is null; null where there is one. */
  readonly reason: string | null;
  /** Counts and names that the value rests on. */
  readonly from: Readonly<Record<string, number | string>>;
}

/** One indicator. */
export interface Kpi extends Finding {
  readonly id: KpiId;
  readonly name: string;
  readonly unit: KpiKind["unit"];
  readonly target: KpiTarget | null;
  /** Null where there is no value or no target. */
  readonly met: boolean | null;
}

/** Nothing is known, and why. */
export function notKnown(reason: string, from: Finding["from"] = {}): Finding {
  return { value: null, reason, from };
}

/** A value and what it rests on. */
export function known(value: number | string, from: Finding["from"]): Finding {
  return { value, reason: null, from };
}

/** A mean over nothing is not known; otherwise the sum over the count, and the count beside it. */
export function mean(
  values: readonly number[],
  reason: string,
  from: Finding["from"] = {},
): Finding {
  if (values.length === 0) return notKnown(reason, from);
  return known(values.reduce((sum, value) => sum + value, 0) / values.length, from);
}

/** A share in percent; of nothing it is not known. */
export function share(
  part: number,
  whole: number,
  reason: string,
  from: Finding["from"] = {},
): Finding {
  return whole > 0 ? known((100 * part) / whole, from) : notKnown(reason, from);
}

/** Holds a finding against its target. The value as it is decides, not as it is shown. */
export function judge(id: KpiId, finding: Finding, targets: KpiTargets = {}): Kpi {
  const { name, unit, bound, target: usual } = kpiKinds[id];
  const value = targets[id] ?? usual;
  const target = bound === null || value === null ? null : { bound, value };
  const met =
    target === null || typeof finding.value !== "number" ? null : holds(finding.value, target);
  return { id, name, unit, target, met, ...finding };
}

/** Digits after the point, as people read an indicator. */
const digits: Readonly<Record<KpiKind["unit"], number>> = {
  percent: 4,
  seconds: 0,
  milliseconds: 1,
  points: 1,
  date: 0,
};

/**
 * An indicator as it is shown: rounded so that it does not seem to have met a target that it has
 * missed, nor the other way. `met` stays as the value itself decided it.
 */
export function shown(kpi: Kpi): Kpi {
  if (typeof kpi.value !== "number") return kpi;
  const factor = 10 ** digits[kpi.unit];
  // The last digits of a double are noise: 0.29 × 100 is no less than 29.
  const scaled = Number((kpi.value * factor).toFixed(3));
  const whole = kpi.target?.bound === "above" ? Math.ceil(scaled) : Math.floor(scaled);
  return { ...kpi, value: whole / factor };
}

function holds(value: number, target: KpiTarget): boolean {
  if (target.bound === "at-least") return value >= target.value;
  return target.bound === "above" ? value > target.value : value < target.value;
}
