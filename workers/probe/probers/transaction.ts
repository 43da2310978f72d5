import type { JSONValue } from "json-p3";
import type { Failure } from "../../../shared/domain/monitor.ts";
import type {
  TransactionProbe,
  TransactionStep,
} from "../../../shared/domain/probes/transaction.ts";
import { redactor } from "../../../shared/redact.ts";
import { type Answer, answerOf, select } from "./answer.ts";
import { judge } from "./conditions.ts";
import { type ExchangeContext, exchange } from "./exchange.ts";
import type { Attempt, ProberContext } from "./prober.ts";

/** Longer values are none that anybody could send on. */
const longestValue = 8_192;
/** Shorter ones are ids and the like: taken out of details they would leave nothing to read. */
const shortestCredential = 8;

/**
 * Goes through the steps in order, in the time of one attempt. The first that is down ends it, and
 * its name stands in the detail; the latency is the sum over the steps that were answered.
 */
export async function probeTransaction(
  probe: TransactionProbe,
  context: ProberContext,
): Promise<Attempt> {
  const secrets = context.secrets;
  const signal = AbortSignal.timeout(context.timeoutMs);
  const values = new Map(secrets.values);
  const metrics: Record<string, number> = {};
  let redact = secrets.redact;
  let latencyMs = 0;
  let httpStatus: number | null = null;
  let degraded: Failure | null = null;

  for (const step of probe.steps) {
    context.trace?.({ kind: "note", text: `step ${step.name}` });
    const needsBody = step.extract !== undefined;
    const asked: ExchangeContext = { ...context, values, redact, signal, needsBody };
    const { attempt, answer } = await exchange(step, asked);
    if (attempt.latencyMs !== null) {
      latencyMs += attempt.latencyMs;
      metrics[`step.${step.name}Ms`] = attempt.latencyMs;
    }
    const { outcome } = attempt;
    if (outcome.outcome === "unknown") return attempt;
    if (outcome.outcome === "down") {
      return { ...attempt, outcome: { outcome: "down", ...ofStep(step, outcome) }, metrics };
    }
    if (outcome.outcome === "degraded") degraded ??= ofStep(step, outcome);
    httpStatus = attempt.httpStatus;
    const extracted = answer === null ? null : extract(step, answer);
    if (extracted === null) continue;
    if (!extracted.ok) {
      const failure = ofStep(step, extracted);
      return { outcome: { outcome: "down", ...failure }, latencyMs, httpStatus, metrics };
    }
    const credentials: string[] = [];
    for (const [name, value] of extracted.values) {
      values.set(name, value);
      if (value.length >= shortestCredential) credentials.push(value);
      context.trace?.({ kind: "secret", value });
    }
    const [before, own] = [redact, redactor(credentials)];
    redact = (text) => own(before(text));
  }
  const whole = answerOf({ ...nothing, latencyMs });
  const verdict = judge(probe.conditions, whole);
  if (verdict.outcome === "down" || degraded === null) {
    return { outcome: verdict, latencyMs, httpStatus, metrics };
  }
  return { outcome: { outcome: "degraded", ...degraded }, latencyMs, httpStatus, metrics };
}

/** For conditions that look at nothing but the time. */
const nothing = {
  status: 0,
  headers: new Headers(),
  text: "",
  bytes: 0,
  truncated: false,
  malformed: false,
};

function ofStep({ name }: TransactionStep, { detail }: { readonly detail: string }): Failure {
  return { reason: "step", detail: `step ${name}: ${detail}` };
}

type Extracted =
  | { readonly ok: true; readonly values: readonly (readonly [string, string])[] }
  | { readonly ok: false; readonly detail: string };

function extract(step: TransactionStep, answer: Answer): Extracted {
  const values: (readonly [string, string])[] = [];
  for (const [name, path] of Object.entries(step.extract ?? {})) {
    const selected = select(answer, path);
    if (!selected.ok) return { ok: false, detail: selected.why };
    const [value] = selected.values;
    if (value === undefined) return { ok: false, detail: `${path} selects nothing for ${name}` };
    const text = textOf(value);
    if (text === null) return { ok: false, detail: `${path} is no text or number for ${name}` };
    if (text.length > longestValue) {
      return { ok: false, detail: `${path} is longer than ${longestValue} characters for ${name}` };
    }
    values.push([name, text]);
  }
  return { ok: true, values };
}

function textOf(value: JSONValue): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}
