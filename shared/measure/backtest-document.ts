/** What a backtest found, as the API tells it. */
import type { BacktestDocument } from "../contract/api/backtest.ts";
import type { Page, Replay } from "../domain/alerting/backtest.ts";
import { type Comparable, matchPages } from "../domain/alerting/backtest-match.ts";
import type { Plan } from "../domain/plan.ts";
import type { Span } from "../domain/span.ts";
import { instant, instantOrNull } from "../instant.ts";
import type { SentPage } from "../storage/alerting/backtest-material.ts";
import type { BacktestFindings } from "./backtest.ts";
import { notesOf } from "./backtest-notes.ts";
import { windowDocument } from "./window.ts";

/** A list is no longer than a person reads. */
const mostListed = 500;

/** Times of decisions differ by seconds from tick to tick: nearer is the same moment, seconds. */
const sameWithinSeconds = 60;

/** Makes the answer of what was found. */
export function backtestDocument(findings: BacktestFindings): BacktestDocument {
  const { request, span, keptFrom, past, before, after, sent } = findings;
  const { window } = request;
  const { plan } = request.before;
  const pages = { before: inside(before.pages, window), after: inside(after.pages, window) };
  const difference = matchPages(pages.before, pages.after);
  const own = request.isPart ? ofMonitors(sent, plan) : sent;
  const truth = matchPages(own, pages.before);
  const shifted = difference.both.filter(({ shiftSeconds }) => shiftSeconds !== 0);
  const [first, second] = [
    replayDocument(before, window, plan),
    replayDocument(after, window, plan),
  ];
  const lists = [
    ...[first.pages, first.muted, first.outages, second.pages, second.muted, second.outages],
    ...[difference.onlyBefore, difference.onlyAfter, shifted, own],
  ];
  return {
    window: windowDocument(window),
    replayed: {
      from: instant(span.from),
      monitors: plan.monitors.length,
      rounds: before.rounds,
      results: past.results.length,
      resultsKeptFrom: keptFrom === 0 ? null : instant(keptFrom),
    },
    before: cutReplay(first),
    after: cutReplay(second),
    difference: {
      onlyBefore: cut(difference.onlyBefore).map(pageDocument),
      onlyAfter: cut(difference.onlyAfter).map(pageDocument),
      shifted: cut(shifted).map(({ after: page, shiftSeconds }) => {
        return { ...commonOf(page), shiftSeconds };
      }),
      same: difference.both.length - shifted.length,
    },
    sent: {
      count: own.length,
      pages: cut(own).map(sentDocument),
      replayed: truth.both.filter(({ shiftSeconds }) => Math.abs(shiftSeconds) <= sameWithinSeconds)
        .length,
      onlySent: cut(truth.onlyBefore).map(sentDocument),
      onlyReplayed: cut(truth.onlyAfter).map(pageDocument),
    },
    notes: notesOf(findings),
    complete: lists.every(({ length }) => length <= mostListed),
  };
}

function replayDocument(replay: Replay, window: Span, plan: Plan): BacktestDocument["before"] {
  const names = new Map(plan.monitors.map(({ number, id }) => [number, id]));
  const pages = inside(replay.pages, window);
  const muted = inside(replay.decisions, window).filter(({ decision }) => decision === "not-told");
  const outages = replay.outages.filter(({ detectedAt }) => isIn(detectedAt, window));
  const incidents = replay.incidents.filter(
    ({ detectedAt, mergedInto }) => mergedInto === null && isIn(detectedAt, window),
  );
  const delays = outages
    .map(({ startedAt, detectedAt }) => detectedAt - startedAt)
    .toSorted((a, b) => a - b);
  const [median, worst] = [delays[Math.floor((delays.length - 1) / 2)], delays.at(-1)];
  return {
    counts: {
      pages: pages.length,
      incidents: incidents.length,
      outages: outages.length,
      muted: muted.length,
      detection:
        median === undefined || worst === undefined
          ? null
          : { medianSeconds: median, worstSeconds: worst },
    },
    pages: pages.map(pageDocument),
    muted: muted.map(({ at, alert, because, data }) => {
      return { at: instant(at), alert, because, data: { ...data } };
    }),
    outages: outages.map(({ monitor, startedAt, detectedAt, endedAt }) => ({
      monitor: names.get(monitor) ?? String(monitor),
      startedAt: instant(startedAt),
      detectedAt: instant(detectedAt),
      endedAt: instantOrNull(endedAt),
    })),
  };
}

function cutReplay(replay: BacktestDocument["before"]): BacktestDocument["before"] {
  const { counts, pages, muted, outages } = replay;
  return { counts, pages: cut(pages), muted: cut(muted), outages: cut(outages) };
}

function cut<T>(list: readonly T[]): T[] {
  return list.slice(0, mostListed);
}

function isIn(at: number, { from, to }: Span): boolean {
  return from <= at && at < to;
}

function inside<T extends { readonly at: number }>(list: readonly T[], window: Span): T[] {
  return list.filter(({ at }) => isIn(at, window));
}

/** Those of incidents that are about one of a plan's monitors. */
function ofMonitors(sent: readonly SentPage[], { monitors }: Plan): SentPage[] {
  const ids = new Set(monitors.map(({ id }) => id));
  return sent.filter(({ monitor }) => monitor !== null && ids.has(monitor));
}

function commonOf(page: Comparable & Pick<Page, "title" | "monitor" | "because">) {
  const { at, incident, title, monitor, channel, kind, because } = page;
  return { at: instant(at), incident, title, monitor, channel, kind, because };
}

function pageDocument(page: Page) {
  return { ...commonOf(page), priority: page.priority, detail: page.detail };
}

function sentDocument(page: SentPage) {
  return { ...commonOf(page), state: page.state, sentAt: instantOrNull(page.sentAt) };
}
