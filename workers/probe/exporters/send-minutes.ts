/** Sends minutes of samples to one service, oldest first, in bounded time and requests. */
import { outsideBounds } from "../../../shared/domain/outside-bounds.ts";
import type { ExportSample } from "../../../shared/measure/export-samples.ts";
import { askService, type ServiceAnswer, type ServiceContext } from "./ask-service.ts";
import { batchesOf, halves } from "./batches.ts";
import type { Exporter } from "./exporter.ts";
import { failureOfAnswer, type ServiceFailure } from "./failure.ts";

/** The samples of a minute. */
export interface SampledMinute {
  /** Epoch seconds, its beginning. */
  readonly minute: number;
  readonly samples: readonly ExportSample[];
}

/** What became of them. */
export interface SentMinutes {
  /** Minutes that begin before it are done with; null: none is. */
  readonly until: number | null;
  /** Points that the service took. */
  readonly sent: number;
  /** Points that it refused for good, or that did not fit. */
  readonly dropped: number;
  readonly requests: number;
  /** The last thing that failed; null: nothing did. */
  readonly failure: ServiceFailure | null;
}

/** Of one service in one tick. */
export const mostRequests = outsideBounds.exporterRequests;

/** Sends them; never throws for what happens outside. What stays undone is told by `until`. */
export async function sendMinutes(
  exporter: Exporter,
  minutes: readonly SampledMinute[],
  context: ServiceContext,
): Promise<SentMinutes> {
  const done: { -readonly [K in keyof SentMinutes]: SentMinutes[K] } = {
    ...{ until: null, sent: 0, dropped: 0, requests: 0, failure: null },
  };
  for (const { minute, samples } of minutes) {
    const queue = batchesOf(exporter, samples);
    // The next tick has all its requests for it; where even those are too few the rest is dropped.
    if (done.requests > 0 && done.requests + queue.length > mostRequests) return done;
    for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
      if (done.requests >= mostRequests) {
        done.dropped += [batch, ...queue].reduce((sum, one) => sum + one.samples.length, 0);
        const detail = `more points than fit into ${mostRequests} requests`;
        done.failure = { reason: "too-large", detail, waitSeconds: null };
        break;
      }
      const answer = await post(exporter, batch.body, context);
      done.requests += 1;
      const { length } = batch.samples;
      if (isSuccess(answer)) {
        const { rejected, words } = exporter.taken?.(answer.json) ?? { rejected: 0, words: null };
        done.sent += Math.max(0, length - rejected);
        done.dropped += Math.min(length, rejected);
        if (words !== null) {
          const detail = `${rejected} points: ${context.redact(words)}`.slice(0, 200);
          done.failure = { reason: "rejected", detail, waitSeconds: null };
        }
        continue;
      }
      const failure = failureOfAnswer(answer);
      done.failure = failure;
      if (failure.reason === "too-large" && length > 1) {
        const parts = halves(batch.samples).map((part) => ({
          samples: part,
          body: exporter.encode(part),
        }));
        queue.unshift(...parts);
        continue;
      }
      if (isWorthAnotherTry(exporter, answer, failure)) return done;
      done.dropped += length;
    }
    done.until = minute + 60;
  }
  return done;
}

function post(
  { url, headers }: Exporter,
  body: string,
  context: ServiceContext,
): Promise<ServiceAnswer> {
  return askService({ method: "POST", url, headers, body }, context);
}

function isSuccess(answer: ServiceAnswer): answer is Extract<ServiceAnswer, { kind: "answer" }> {
  return answer.kind === "answer" && answer.status >= 200 && answer.status < 300;
}

/** A key that is refused, or an address, can be mended: its minutes wait as long as they may. */
function isWorthAnotherTry(
  { retryable }: Exporter,
  answer: ServiceAnswer,
  { reason }: ServiceFailure,
): boolean {
  if (answer.kind === "none") return true;
  return retryable.has(answer.status) || reason === "unauthorized" || reason === "not-found";
}
