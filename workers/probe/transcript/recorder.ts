import type { Clock } from "../../../shared/clock.ts";
import type {
  Transcript,
  TranscriptAttempt,
  TranscriptEvent,
} from "../../../shared/contract/transcript.ts";
import type { Outcome, Result } from "../../../shared/domain/result.ts";
import type { Attempt } from "../probers/prober.ts";
import type { Trace, TraceEvent } from "../probers/trace.ts";
import type { Diagnosis } from "../region/diagnose.ts";
import { isSensitiveName, Redactor, secretsInHeader, secretsInUrl } from "./redact.ts";

/** Of a body, characters. */
const mostOfBody = 2_048;
/** Of everything else that a target or a configuration words, characters. */
const mostOfText = 512;
/** Of an attempt, so that a target with a million headers does not make a transcript of them. */
const mostEvents = 200;
const mostHeaders = 100;

type Next = TranscriptAttempt["next"];
type RawEvent = { readonly atMs: number; readonly event: TraceEvent };
type RawAttempt = {
  readonly startedAtMs: number;
  readonly timeoutMs: number;
  readonly events: RawEvent[];
  tookMs: number;
  outcome: Outcome;
  latencyMs: number | null;
  next: Next;
};

/**
 * Takes down one probe for a transcript. Redaction comes last, when every secret is known: a token
 * is in the answer before anybody has extracted it.
 */
export class Recorder {
  readonly #clock: Clock;
  readonly #redactor: Redactor;
  readonly #startedAt: number;
  readonly #attempts: RawAttempt[] = [];
  #diagnosis: Transcript["diagnosis"] = null;

  /** @param secrets values that must appear nowhere */
  constructor(clock: Clock, secrets: Iterable<string>) {
    this.#clock = clock;
    this.#redactor = new Redactor(secrets);
    this.#startedAt = clock.now();
  }

  /** One more value that must appear nowhere. */
  conceal(value: string): void {
    this.#redactor.add(value);
  }

  /** An attempt begins; what it tells goes into the trace returned. */
  begin(timeoutMs: number): Trace {
    const attempt: RawAttempt = {
      startedAtMs: this.#offset(),
      timeoutMs,
      events: [],
      tookMs: 0,
      outcome: { outcome: "unknown", reason: "internal", detail: "the attempt did not end" },
      latencyMs: null,
      next: { retry: false, because: "own-fault" },
    };
    this.#attempts.push(attempt);
    return (event) => {
      this.#learn(event);
      if (event.kind === "secret" || attempt.events.length >= mostEvents) return;
      attempt.events.push({ atMs: this.#offset(), event: bounded(event) });
    };
  }

  /** The attempt that began last has ended; null where our own prober failed. */
  end(attempt: Attempt | null, next: Next): void {
    const last = this.#attempts.at(-1);
    if (last === undefined) return;
    last.tookMs = this.#offset() - last.startedAtMs;
    last.next = next;
    if (attempt === null) return;
    last.outcome = attempt.outcome;
    last.latencyMs = attempt.latencyMs;
  }

  /** The diagnosis that followed the last attempt. */
  diagnosed({ reason, findings }: Diagnosis, tookMs: number): void {
    const startedAtMs = this.#offset() - tookMs;
    this.#diagnosis = { startedAtMs, tookMs, reason, findings: [...findings] };
  }

  /** The transcript of a probe that ended with a result. */
  transcript(result: Result, budgetMs: number): Transcript {
    return {
      startedAt: new Date(this.#startedAt).toISOString(),
      tookMs: this.#offset(),
      budgetMs,
      result: {
        ...this.#outcome(result.outcome),
        latencyMs: result.latencyMs,
        metrics: { ...result.metrics },
      },
      attempts: this.#attempts.map(({ events, outcome, ...attempt }) => ({
        ...attempt,
        ...this.#outcome(outcome),
        events: events.flatMap(({ atMs, event }) => this.#event(atMs, event)),
      })),
      diagnosis: this.#diagnosis,
    };
  }

  #offset(): number {
    return this.#clock.now() - this.#startedAt;
  }

  /** What is secret in a request is secret wherever the target repeats it. */
  #learn(event: TraceEvent): void {
    if (event.kind === "secret") this.conceal(event.value);
    if (event.kind === "request")
      for (const value of secretsInUrl(event.url)) this.#redactor.add(value);
    if (event.kind !== "request" && event.kind !== "response") return;
    for (const [name, value] of event.headers) {
      if (!isSensitiveName(name)) continue;
      for (const secret of secretsInHeader(name, value)) this.#redactor.add(secret);
    }
  }

  #outcome(outcome: Outcome) {
    if (outcome.outcome === "up") return { outcome: outcome.outcome, reason: null, detail: null };
    const detail = this.#redactor.beginning(outcome.detail, mostOfText);
    return { outcome: outcome.outcome, reason: outcome.reason, detail };
  }

  #event(atMs: number, event: TraceEvent): TranscriptEvent[] {
    const redactor = this.#redactor;
    const short = (text: string) => redactor.beginning(text, mostOfText);
    switch (event.kind) {
      case "request": {
        const { kind, method, url, headers, bodyLength } = event;
        const line = `${method} ${redactor.url(url)}`;
        return [{ kind, atMs, line, headers: this.#headers(headers), bodyLength }];
      }
      case "response": {
        const { kind, status, headers } = event;
        return [{ kind, atMs, status, headers: this.#headers(headers) }];
      }
      case "body": {
        const { kind, text, truncated } = event;
        const cut = text.length > mostOfBody;
        return [
          { kind, atMs, text: redactor.beginning(text, mostOfBody), truncated: truncated || cut },
        ];
      }
      case "condition": {
        const { kind, expected, actual, held } = event;
        return [{ kind, atMs, expected: short(expected), actual: short(actual), held }];
      }
      case "note":
        return [{ kind: "note", atMs, text: short(event.text) }];
      case "secret":
        return [];
    }
  }

  #headers(headers: Iterable<readonly [string, string]>): [string, string][] {
    return [...headers].map(([name, value]) => [
      this.#redactor.beginning(name, mostOfText),
      this.#redactor.beginning(this.#redactor.header(name, value), mostOfText),
    ]);
  }
}

/** A copy that holds no more of an answer than redaction needs. */
function bounded(event: TraceEvent): TraceEvent {
  switch (event.kind) {
    case "request":
    case "response":
      return { ...event, headers: [...event.headers].slice(0, mostHeaders) };
    case "body":
      return event.text.length > mostOfBody
        ? { ...event, text: event.text.slice(0, mostOfBody + 1) }
        : event;
    default:
      return event;
  }
}
