import { describeDemand } from "../../../shared/describe-demand.ts";
import type { Failure } from "../../../shared/domain/monitor.ts";
import type { ConditionOutcome } from "../../../shared/domain/probes/http.ts";
import type { LatencyCondition } from "../../../shared/domain/probes/latency.ts";
import type { FailureReason } from "../../../shared/domain/reason.ts";
import { isPrivateHost } from "../../../shared/private-host.ts";
import type { Attempt, ProberContext } from "./prober.ts";
import type { Trace } from "./trace.ts";

/** What was seen of what a condition demands. */
export interface Finding {
  readonly held: boolean;
  /** In words, fit to stand before "expected …". */
  readonly actual: string;
  /** What its failure is called. */
  readonly reason: FailureReason;
}

type Demand = Parameters<typeof describeDemand>[0] & { readonly otherwise: ConditionOutcome };

/** The first condition that fails to down decides, else the first that fails to degraded. */
export function judgeFindings<D extends Demand>(
  conditions: readonly D[],
  find: (condition: D) => Finding,
  trace: Trace | undefined,
): Attempt["outcome"] {
  let down: Failure | null = null;
  let degraded: Failure | null = null;
  for (const condition of conditions) {
    const { held, actual, reason } = find(condition);
    const expected = describeDemand(condition);
    trace?.({ kind: "condition", expected, actual, held });
    if (held) continue;
    const failure = { reason, detail: `${actual}, expected ${expected}` };
    if (condition.otherwise === "down") down ??= failure;
    else degraded ??= failure;
  }
  if (down !== null) return { outcome: "down", ...down };
  return degraded === null ? { outcome: "up" } : { outcome: "degraded", ...degraded };
}

/** How long it took, against a bound. */
export function findLatency({ maxMs }: LatencyCondition, latencyMs: number): Finding {
  return { held: latencyMs <= maxMs, actual: `took ${latencyMs} ms`, reason: "latency" };
}

/** An attempt that failed before there was anything to put conditions to. */
export function failed(reason: FailureReason, detail: string): Attempt {
  return { outcome: { outcome: "down", reason, detail }, latencyMs: null, httpStatus: null };
}

/** An attempt that a fault of ours prevented: it says nothing about the target (law 1). */
export function prevented(
  reason: "secret-missing" | "resolver-failed" | "platform-refused" | "target-refused",
  detail: string,
): Attempt {
  return { outcome: { outcome: "unknown", reason, detail }, latencyMs: null, httpStatus: null };
}

/**
 * What prevents an attempt at a private host where these are not allowed; null where nothing does.
 *
 * @param host as the probe or its URL names it
 */
export function privateTarget(
  host: string,
  { allowsPrivate }: Pick<ProberContext, "allowsPrivate">,
): Attempt | null {
  if (allowsPrivate || !isPrivateHost(host)) return null;
  return prevented("target-refused", `${host} is private; ALLOW_PRIVATE_TARGETS is not set`);
}

/** As `privateTarget`, of a URL with secrets filled in; one that is none is left to `fetch`. */
export function privateUrl(
  url: string,
  context: Pick<ProberContext, "allowsPrivate">,
): Attempt | null {
  if (context.allowsPrivate || !URL.canParse(url)) return null;
  return privateTarget(new URL(url).hostname, context);
}

/** What prevents an attempt whose probe refers to these secrets. */
export function missingSecrets(references: readonly string[]): Attempt {
  const names = references.map((name) => name.replace(/^secret\./, ""));
  const are = names.length === 1 ? "is" : "are";
  return prevented("secret-missing", `${names.join(", ")} ${are} not set`);
}
