/** A world for the api's tests: a real database, filled through the code that fills it in life. */
import { env } from "cloudflare:workers";
import type { Clock } from "../../../shared/clock.ts";
import { parseConfig } from "../../../shared/config/parse.ts";
import type { ConfigInput } from "../../../shared/config/schema.ts";
import { dueIn, type Plan, planRounds } from "../../../shared/domain/plan.ts";
import { decideRecording, type RoundReport } from "../../../shared/domain/recording.ts";
import type { Outcome } from "../../../shared/domain/result.ts";
import type { Round } from "../../../shared/domain/schedule.ts";
import type { Span } from "../../../shared/domain/span.ts";
import { commit, readMemory } from "../../../shared/storage/ledger.ts";
import { apply, propose, readPlan } from "../../../shared/storage/plans.ts";
import { createApp } from "../app.ts";
import { expectAgreement } from "./agreement.ts";

/** A minute to begin at: 2026-09-21T14:14:00Z. */
export const start = 1_790_000_040;

export const readerKey = "reader-key-for-tests";
export const adminToken = "admin-token-for-tests";
export const heartbeatSecret = "heartbeat-secret-for-tests-0123456789";

/** Seconds after a round's time at which the tests record it. */
export const recordingDelay = 5;

const tables = [
  "results",
  "coverage",
  "statuses",
  "transitions",
  "outages",
  "incidents",
  "incident_events",
  "alerts",
  "alert_decisions",
  "alerting_changes",
  "silences",
  "notifications",
  "channel_tests",
  "plans",
  "heartbeats",
  "reports",
  "report_parts",
  "maintenance",
  "rollups",
  "rollup_work",
  "baselines",
  "metric_series",
  "metric_points",
  "metric_rollups",
  "metric_work",
  "metric_pushes",
  "health_scores",
  "health_days",
  "access_keys",
];

/** Empties the database. */
export async function resetWorld(): Promise<void> {
  await env.DB.batch([
    ...[...tables, "monitors", "regions"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
    env.DB.prepare("UPDATE ledger SET version = 0, plan_revision = 0"),
    // Public documents of another world have another version.
    env.DB.prepare("UPDATE public_version SET maintenance = maintenance + 1"),
  ]);
}

type MonitorInput = ConfigInput["monitors"][number];
type ProbedInput = Exclude<MonitorInput, { type: "heartbeat" }>;

/** A configuration of three regions. */
export function configOf(monitors: readonly MonitorInput[]): ConfigInput {
  return {
    baseUrl: "https://netpost.example",
    regions: {
      "us-east": { locationHint: "enam" },
      "us-west": { locationHint: "wnam" },
      "eu-west": { locationHint: "weur" },
    },
    monitors: [...monitors],
  };
}

/** Monitors that differ in nothing but their names. */
export function plainMonitors(...ids: string[]): ProbedInput[] {
  return ids.map((id) => ({ id, name: `Monitor ${id}`, url: `/${id}` }));
}

/** Puts a configuration into force. */
export async function applyConfig(input: ConfigInput, now = start): Promise<Plan> {
  const parsed = parseConfig(input);
  if (!parsed.ok) throw new Error(parsed.mistakes.join("\n"));
  const outcome = await apply(env.DB, await propose(env.DB, parsed.config, now), now);
  if (outcome.kind === "conflict") throw new Error("somebody else applied");
  return readPlan(env.DB);
}

/** What the regions see; null where a region does not report a round at all. */
export type Weather = (monitor: string, region: string, time: number) => Outcome | null;

export const up: Outcome = { outcome: "up" };

/** A failed probe. */
export function down(detail = "status 503, allowed 200–299"): Outcome {
  return { outcome: "down", reason: "status", detail };
}

/** The numbers that a probe finds in an answer. */
export type Numbers = (monitor: string, time: number) => Readonly<Record<string, number>>;

/** Every target well, seen from everywhere. */
export const allUp: Weather = () => up;

/**
 * Records every round that begins in a span, as a tick would.
 *
 * @param roundsAtOnce more than one in a recording is what a tick does after an outage of ours
 * @param numbers what probes find, beside what they see
 */
export async function record(
  span: Span,
  weather: Weather,
  roundsAtOnce = 1,
  numbers: Numbers = () => ({}),
): Promise<void> {
  const plan = await readPlan(env.DB);
  const rounds: Round[] = [];
  for (let minute = span.from; minute < span.to; minute += 60) {
    rounds.push(...planRounds(plan, minute).filter((round) => round.time < span.to));
  }
  for (let index = 0; index < rounds.length; index += roundsAtOnce) {
    const reports = rounds
      .slice(index, index + roundsAtOnce)
      .map((round) => report(plan, round, weather, numbers));
    await recordReports(plan, reports);
  }
}

async function recordReports(plan: Plan, reports: readonly RoundReport[]): Promise<void> {
  const { version, memory } = await readMemory(env.DB);
  const recordedAt = Math.max(...reports.map(({ round }) => round.time)) + recordingDelay;
  const recording = decideRecording(plan, memory, reports);
  const outcome = await commit(env.DB, version, recording, recordedAt);
  if (outcome.kind === "conflict") throw new Error("somebody else recorded");
}

function report(plan: Plan, round: Round, weather: Weather, numbers: Numbers): RoundReport {
  const due = dueIn(plan, round);
  const regions = plan.regions.flatMap((region) => {
    const results = due
      .filter((monitor) => monitor.regions.includes(region.id))
      .flatMap((monitor) => {
        const outcome = weather(monitor.id, region.id, round.time);
        if (outcome === null) return [];
        const metrics = numbers(monitor.id, round.time);
        const found = Object.keys(metrics).length > 0 ? { metrics } : {};
        const latencyMs = 40 + region.number;
        return [{ monitor: monitor.number, outcome, latencyMs, attempts: 1, ...found }];
      });
    return results.length === 0 && due.length > 0 ? [] : [{ region: region.number, results }];
  });
  return { round, regions };
}

/** A clock that stands at a time, epoch seconds; its pauses never end. */
export function clockAt(seconds: number): Clock {
  return { now: () => seconds * 1000, sleep: () => new Promise<void>(() => {}) };
}

/** How a request is made. */
export interface RequestOptions {
  /** Epoch seconds at which it comes. */
  readonly at: number;
  /** What goes into Authorization: Bearer; the admin token unless said, none if null. */
  readonly key?: string | null;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** In place of the usual environment, or parts of it. */
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly clock?: Clock;
}

/** Asks the api. The answer agrees with what its route declares, or the test fails. */
export async function ask(path: string, options: RequestOptions): Promise<Response> {
  const { at, key = adminToken, method = "GET", headers = {}, body, environment } = options;
  const app = createApp(options.clock ?? clockAt(at));
  const bearer = key === null ? {} : { Authorization: `Bearer ${key}` };
  const response = await app.request(
    path,
    { method, headers: { ...bearer, ...headers }, ...(body === undefined ? {} : { body }) },
    {
      DB: env.DB,
      PROBE: env.PROBE,
      MONITORING_API_KEY: readerKey,
      ADMIN_TOKEN: adminToken,
      HEARTBEAT_SECRET: heartbeatSecret,
      ...environment,
    },
  );
  await expectAgreement(app, method, path, response);
  return response;
}

/** Epoch seconds as the api writes them. */
export function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

/** A time of the world in whole minutes after its start. */
export function minute(count: number): number {
  return start + count * 60;
}
