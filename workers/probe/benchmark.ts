import type { Clock } from "../../shared/clock.ts";
import {
  type BenchmarkAnswer,
  type BenchmarkOrder,
  type BenchmarkPart,
  benchmarkOrderSchema,
  benchmarkPartAnswerSchema,
} from "../../shared/contract/benchmark.ts";
import { type BenchmarkRequest, requestsPerCall } from "../../shared/domain/benchmark.ts";
import { log, logIds } from "../../shared/log.ts";
import type { Bindings } from "./env.ts";
import { expire } from "./tick/fan-out.ts";

/** Time for a message to and from an object, and for it to find out where it is, ms. */
const messageMs = 5_000;

/**
 * Has a region ask a monitor's endpoint many times in a row. It takes several calls of the region's
 * object, each with the subrequests that the platform allows one invocation. Nothing is recorded.
 *
 * @param input a BenchmarkOrder
 * @returns every request that ran; a region that fails is an answer that says so
 * @throws ZodError on anything else
 */
export async function benchmark(
  env: Bindings,
  clock: Clock,
  input: unknown,
): Promise<BenchmarkAnswer> {
  const order = benchmarkOrderSchema.parse(input);
  try {
    return await runParts(env, clock, order);
  } catch (error) {
    log("error", "benchmark-failed", { region: order.region.id }, error);
    return {
      kind: "failed",
      reason: "region-unreachable",
      detail: "the region's object failed or did not answer in time",
    };
  }
}

async function runParts(
  env: Bindings,
  clock: Clock,
  order: BenchmarkOrder,
): Promise<BenchmarkAnswer> {
  const { monitor, region, count, concurrency, budgetMs } = order;
  const stub = benchmarkStub(env, order);
  const most = requestsPerCall(monitor.probe, concurrency);
  const run = crypto.randomUUID();
  const deadline = clock.now() + budgetMs;
  const requests: BenchmarkRequest[] = [];
  let elapsedMs = 0;
  let colo: string | null = null;
  for (let begun = 0; begun < count; begun += most) {
    const leftMs = deadline - clock.now();
    if (leftMs < monitor.retry.timeoutMs) break;
    const part: BenchmarkPart = {
      monitor,
      region: region.id,
      count: Math.min(most, count - begun),
      concurrency,
      budgetMs: leftMs,
      run,
      locate: begun === 0,
      last: begun + most >= count,
    };
    const patienceMs = leftMs + messageMs;
    const exchange = stub
      .benchmark(part, logIds())
      .then((value) => benchmarkPartAnswerSchema.parse(value));
    const answer = await Promise.race([exchange, expire(clock.sleep(patienceMs), patienceMs)]);
    if (answer.kind === "busy") {
      const detail = "another benchmark is running from this region";
      return { kind: "failed", reason: "busy", detail };
    }
    requests.push(...answer.requests);
    elapsedMs += answer.elapsedMs;
    colo = answer.colo ?? colo;
  }
  return { kind: "measured", requests, elapsedMs, colo };
}

/**
 * An object of its own beside those that probe in rounds: in theirs, a benchmark would take their
 * connections, and what they watch would look slow.
 */
function benchmarkStub(env: Bindings, { region }: BenchmarkOrder) {
  const { locationHint } = region;
  return env.REGION.getByName(`${region.id}/benchmark/v${region.generation}`, { locationHint });
}
