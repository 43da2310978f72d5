/** What the read bench asks the api, and what an answer may read. */
import { z } from "zod";
import type { Sent } from "./read-statements.ts";
import { builtSpan } from "./read-world.ts";

/** A question, and the requests that it takes. */
export interface Question {
  readonly name: string;
  readonly paths: readonly string[];
}

/** How much is in the database. */
export interface Sizes {
  readonly monitors: number;
  readonly regions: number;
  readonly days: number;
  /** Times of the changes of status, epoch seconds. */
  readonly transitions: readonly number[];
}

const monitoring = "/api/monitoring";

/** The requests that a dashboard makes when it is opened. */
export const dashboard: readonly string[] = [
  "/api/status",
  `${monitoring}/health/detailed`,
  `${monitoring}/performance?window=24h`,
  `${monitoring}/sla?window=30d`,
  `${monitoring}/metrics`,
  `${monitoring}/outages?state=open`,
];

/** The questions, those of the whole time first. */
export function questionsFor({ days }: Sizes): readonly Question[] {
  const window = `window=${days}d`;
  const one = (name: string, path: string) => ({ name, paths: [path] });
  return [
    one(`SLA of all, ${days} d`, `${monitoring}/sla?${window}`),
    one(
      `p95 of one by day, ${days} d`,
      `${monitoring}/performance?${window}&by=day&monitor=monitor-1`,
    ),
    one(`p95 of all by day, ${days} d`, `${monitoring}/performance?${window}&by=day`),
    one(
      "p95 of one by hour, 14 d",
      `${monitoring}/performance?window=14d&by=hour&monitor=monitor-1`,
    ),
    one("KPIs, 30 d", `${monitoring}/kpis`),
    one("burn rates of all", `${monitoring}/slo`),
    one("status document", "/api/status"),
    { name: "dashboard, first load", paths: dashboard },
    ...dashboard.slice(1).map((path) => one(`  ${path.slice(monitoring.length + 1)}`, path)),
  ];
}

/** Something that an answer must not read more rows of than `most`. */
export interface Bound {
  readonly what: string;
  readonly read: number;
  readonly most: number;
}

/** What is promised of an answer, and what it came to. */
export function boundsOf(path: string, sent: readonly Sent[], sizes: Sizes): readonly Bound[] {
  const { monitors, regions, transitions } = sizes;
  const read = (table: string) =>
    sent
      .filter(({ sql }) => new RegExp(`\\b${table}\\b`).test(sql))
      .reduce((sum, { rowsRead }) => sum + rowsRead, 0);
  if (path.startsWith(`${monitoring}/sla`)) {
    const days = Number(/window=(\d+)d/.exec(path)?.[1]);
    const changes = transitions.filter((at) => at >= builtSpan(days).from).length;
    // A monitor's overall status is kept beside those of its regions, and costs as they do.
    const most = changes + monitors * (regions + 1);
    const what = "one per change of status, and one per monitor and region, overall included";
    return [{ what, read: read("transitions"), most }];
  }
  if (/\/performance\?.*window=\d\d+d&by=day/.test(path)) {
    const series = (path.includes("monitor=") ? 1 : monitors) * regions;
    return [
      { what: "100 rollups per monitor and region", read: read("rollups"), most: 100 * series },
    ];
  }
  return [];
}

const figures = z.object({ p95Ms: z.number() });
const slaAnswer = z.object({
  monitors: z.array(z.object({ overall: z.object({ availability: z.number() }) })),
});
const performanceAnswer = z.object({
  overall: figures,
  pendingHours: z.int(),
  series: z.object({ overall: z.array(z.unknown()) }).nullable(),
});

/**
 * Why an answer is not one of the database that was built; null where it is.
 *
 * @param text the body
 */
export function emptiness(path: string, text: string, { monitors, days }: Sizes): string | null {
  const body: unknown = JSON.parse(text);
  if (path.startsWith(`${monitoring}/sla`)) {
    const answer = slaAnswer.safeParse(body);
    return answer.data?.monitors.length === monitors ? null : "not every monitor was measured";
  }
  if (path.startsWith(`${monitoring}/performance`)) {
    const answer = performanceAnswer.safeParse(body);
    if (!answer.success) return "there is no p95";
    const points = answer.data.series?.overall.length ?? days;
    return points < Math.min(days, 14) ? `a series of ${points} points` : null;
  }
  return null;
}
