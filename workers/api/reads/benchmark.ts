/** Has the probe Worker run a benchmark, and holds it against the baseline. */
import type { Clock } from "../../../shared/clock.ts";
import type { BenchmarkBody, BenchmarkResponse } from "../../../shared/contract/api/performance.ts";
import type { FieldError } from "../../../shared/contract/api/problem.ts";
import {
  type BenchmarkAnswer,
  type BenchmarkOrder,
  benchmarkAnswerSchema,
} from "../../../shared/contract/benchmark.ts";
import {
  type BenchmarkSummary,
  compareBenchmark,
  leastForBaseline,
  mostRequestsOf,
  summariseBenchmark,
  whyNoBaseline,
} from "../../../shared/domain/benchmark.ts";
import type { Monitor } from "../../../shared/domain/monitor.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import { log, logIds } from "../../../shared/log.ts";
import {
  readBaseline,
  type StoredBaseline,
  writeBaseline,
} from "../../../shared/storage/baselines.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import type { ProbeBinding } from "../env.ts";
import { fromDatabase } from "./from-database.ts";
import { instant } from "./instant.ts";
import { unknownMonitor, unknownRegion } from "./unknown-id.ts";

/** For all requests together, ms; one with a longer timeout has that. */
const usualBudgetMs = 25_000;

/** Time for what lies between here and the requests themselves, ms. */
const messageMs = 10_000;

/** What a benchmark takes from outside. */
export interface BenchmarkSurroundings {
  readonly db: D1Database;
  readonly probe: ProbeBinding;
  readonly clock: Clock;
  /** Epoch seconds. */
  readonly now: number;
}

export type BenchmarkOutcome =
  | { readonly ok: true; readonly response: BenchmarkResponse }
  /** What of the request cannot be done, by field. */
  | { readonly ok: false; readonly errors: readonly FieldError[] };

/** Runs a benchmark, compares it, and keeps it as the baseline where that is asked for. */
export async function runBenchmark(
  surroundings: BenchmarkSurroundings,
  body: BenchmarkBody,
): Promise<BenchmarkOutcome> {
  const { db, probe, clock, now } = surroundings;
  const ordered = order(await fromDatabase(readPlan(db)), body);
  if (!ordered.ok) return ordered;
  const { monitor, region } = ordered.order;
  const key = { monitor: monitor.number, region: region.number, path: body.path ?? "" };
  // Read first: a run whose comparison could not be made would be for nothing.
  const before = await fromDatabase(readBaseline(db, key, monitor.addedAt));
  const answer = await askForBenchmark(probe, clock, ordered.order);
  const common = {
    monitor: monitor.id,
    region: region.id,
    path: body.path ?? null,
    ranAt: instant(now),
    budgetMs: ordered.order.budgetMs,
  };
  if (answer.kind === "failed") {
    const because = body.baseline ? "there is no result" : null;
    const baseline = { stored: false, because };
    return { ok: true, response: { ...common, result: answer, comparison: null, baseline } };
  }
  const summary = summariseBenchmark({ ...body, ...answer });
  const because = body.baseline ? whyNoBaseline(summary) : null;
  const stored = body.baseline && because === null;
  if (stored) await fromDatabase(writeBaseline(db, key, { runAt: now, summary }));
  return {
    ok: true,
    response: {
      ...common,
      result: { kind: "measured", colo: answer.colo, ...shown(summary) },
      comparison: before === null ? null : comparison(summary, before),
      baseline: { stored, because },
    },
  };
}

/** What is to be run, or what is wrong with the request. */
function order(
  plan: Plan,
  body: BenchmarkBody,
):
  | { readonly ok: true; readonly order: BenchmarkOrder }
  | { readonly ok: false; readonly errors: readonly FieldError[] } {
  const { count, concurrency, path } = body;
  const monitor = plan.monitors.find(({ id }) => id === body.monitor);
  const wanted = body.region ?? monitor?.regions[0];
  const region = plan.regions.find(({ id }) => id === wanted);
  const errors: FieldError[] = [];
  const wrong = (field: string, message: string) => errors.push({ field, message });
  if (monitor === undefined) errors.push(unknownMonitor(plan));
  if (monitor?.probe.kind === "heartbeat") {
    wrong("monitor", "one that is probed: a heartbeat calls in by itself");
  } else if (region === undefined && (monitor !== undefined || body.region !== undefined)) {
    errors.push(unknownRegion(plan));
  }
  if (body.baseline && count < leastForBaseline) {
    wrong("count", `at least ${leastForBaseline} for a baseline`);
  }
  const aimed = monitor === undefined ? null : aim(monitor, path);
  if (monitor !== undefined && aimed === null) {
    wrong("path", "only of a monitor over HTTP whose url is not a template");
  }
  if (aimed !== null) {
    const most = mostRequestsOf(aimed.probe, concurrency);
    if (count > most)
      wrong("count", `at most ${most} of this monitor: each takes several requests`);
  }
  if (errors.length > 0 || aimed === null || region === undefined) return { ok: false, errors };
  const budgetMs = Math.max(usualBudgetMs, aimed.retry.timeoutMs);
  return { ok: true, order: { monitor: aimed, region, count, concurrency, budgetMs } };
}

/** The monitor with another path on its own host; null where it has none to change. */
function aim(monitor: Monitor, path: string | undefined): Monitor | null {
  const { probe } = monitor;
  if (path === undefined) return monitor;
  if (probe.kind !== "http" || probe.url.includes("{{") || !URL.canParse(probe.url)) return null;
  // The host stays the configured one, whatever the path says.
  const url = new URL(probe.url);
  url.pathname = path;
  url.search = "";
  return { ...monitor, probe: { ...probe, url: url.href } };
}

function comparison(
  summary: BenchmarkSummary,
  before: StoredBaseline,
): BenchmarkResponse["comparison"] {
  const { figures, tolerance, ...compared } = compareBenchmark(summary, before.summary);
  return {
    baselineRunAt: instant(before.runAt),
    ...compared,
    tolerance: { ...tolerance },
    figures: { ...figures },
  };
}

function shown(summary: BenchmarkSummary) {
  return { ...summary, reasons: { ...summary.reasons } };
}

/** Never throws: where the Worker fails, the answer says so. */
async function askForBenchmark(
  probe: ProbeBinding,
  clock: Clock,
  asked: BenchmarkOrder,
): Promise<BenchmarkAnswer> {
  const patienceMs = asked.budgetMs + messageMs;
  const failed = (detail: string): BenchmarkAnswer => {
    return { kind: "failed", reason: "region-unreachable", detail };
  };
  const answer = async () => benchmarkAnswerSchema.parse(await probe.benchmark(asked, logIds()));
  const expire = clock
    .sleep(patienceMs)
    .then(() => failed(`the probe Worker did not answer within ${patienceMs} ms`));
  try {
    return await Promise.race([answer(), expire]);
  } catch (error) {
    log("error", "benchmark-failed", {}, error);
    return failed("the probe Worker failed");
  }
}
