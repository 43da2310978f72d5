/**
 * A backtest: the results of a time that is past, replayed by the configuration in force and by
 * another, held against each other and against what was decided in truth. It writes nothing.
 */
import type { BacktestDocument } from "../contract/api/backtest.ts";
import { type BacktestConfiguration, type Replay, replay } from "../domain/alerting/backtest.ts";
import type { Plan } from "../domain/plan.ts";
import type { Span } from "../domain/span.ts";
import { nextInHours } from "../local-days.ts";
import {
  type ConfiguredAnew,
  readConfiguredAnew,
  readSentPages,
  type SentPage,
} from "../storage/alerting/backtest-material.ts";
import { readKeptFrom } from "../storage/retention.ts";
import { backtestDocument } from "./backtest-document.ts";
import {
  type Asked,
  askedOf,
  backtestLimits,
  type PastMaterial,
  readPast,
} from "./backtest-material.ts";
import { PastReadings, warmUpSeconds } from "./backtest-readings.ts";
import { nextTime } from "./material.ts";

/** What is asked for. */
export interface BacktestRequest {
  /** Epoch seconds. */
  readonly window: Span;
  readonly before: BacktestConfiguration;
  readonly after: BacktestConfiguration;
  /** Not all monitors of the plan. */
  readonly isPart: boolean;
  /** Whether it is known which channels are off. */
  readonly channelsKnown: boolean;
}

export type BacktestAnswer =
  | { readonly ok: true; readonly document: BacktestDocument }
  /** More than one request can do; nothing of it was read. */
  | { readonly ok: false; readonly because: "too-much"; readonly asked: Asked }
  | { readonly ok: false; readonly because: "not-kept"; readonly keptFrom: number };

/** What a document is made of. */
export interface BacktestFindings {
  readonly request: BacktestRequest;
  /** What was replayed, with what looks back. */
  readonly span: Span;
  readonly keptFrom: number;
  readonly past: PastMaterial;
  readonly before: Replay;
  readonly after: Replay;
  readonly sent: readonly SentPage[];
  readonly anew: ConfiguredAnew;
}

/** How long after a round's time it is usually decided, seconds. */
const decisionDelaySeconds = 5;

/** Notifications of a time that are compared: more would be no answer that a person reads. */
const mostSent = 5_000;

/** Runs a backtest. Reads results by their keys: at most as many as the limit says. */
export async function runBacktest(
  db: D1Database,
  request: BacktestRequest,
): Promise<BacktestAnswer> {
  const { window, before, after } = request;
  const { results: keptFrom } = await readKeptFrom(db);
  if (window.from < keptFrom) return { ok: false, because: "not-kept", keptFrom };
  const span = replayedSpan(window, keptFrom, before.plan);
  const asked = askedOf(before.plan, span);
  if (asked.results > backtestLimits.results || asked.rounds > backtestLimits.rounds) {
    return { ok: false, because: "too-much", asked };
  }
  const documents = [
    ...before.rules.map(({ id }) => ["rule", id] as const),
    ...before.policies.map(({ id }) => ["policy", id] as const),
  ];
  const [past, sent, anew] = await Promise.all([
    readPast(db, before.plan, span),
    readSentPages(db, window, mostSent),
    readConfiguredAnew(db, documents, window),
  ]);
  const readings = new PastReadings(before.plan, past);
  const replayed = (configuration: BacktestConfiguration) =>
    replay(past.history, configuration, {
      readingsOf: (moment, rules) => readings.at(moment, rules),
      nextTime,
      nextInHours,
      delaySeconds: decisionDelaySeconds,
    });
  const findings = { request, span, keptFrom, past, sent, anew };
  const document = backtestDocument({
    ...findings,
    before: replayed(before),
    after: replayed(after),
  });
  return { ok: true, document };
}

/** Whole minutes, with an hour before for what looks back, where there is one. */
function replayedSpan({ from, to }: Span, keptFrom: number, { monitors }: Plan): Span {
  const added = Math.min(...monitors.map(({ addedAt }) => addedAt));
  const earliest = Math.max(from - warmUpSeconds, keptFrom, Math.min(added, from));
  return { from: earliest - (earliest % 60), to: Math.ceil(to / 60) * 60 };
}
