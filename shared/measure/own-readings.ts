/**
 * What alert rules read of the monitoring itself: what it noted, how people are told, its clocks.
 * None of it says anything of NetPost.
 */
import { everything, type Reading } from "../domain/alerting/samples.ts";
import type { CoverageSpan } from "../domain/coverage.ts";
import { freshness, staleAfterSeconds } from "../domain/freshness.ts";
import { missedMinutes } from "../domain/missed-minutes.ts";
import { areRegional, countFaults, type OwnFault, ownFaultWords } from "../domain/own-faults.ts";
import { quotaUse } from "../domain/quota.ts";
import {
  type OwnDelivery,
  type OwnState,
  readDatabaseClock,
  readFirstCoverage,
  readOwnDelivery,
  readOwnState,
} from "../storage/own-watch.ts";
import { readCoverage } from "../storage/queries.ts";
import { type Read, type ReadingSource, type RuleOf, rounded, words } from "./reading-source.ts";

/** The minutes of a window in which nothing was looked at. */
export async function missedTicks(
  db: D1Database,
  source: ReadingSource,
  rules: readonly RuleOf<"missed-ticks">[],
): Promise<Read> {
  const longest = Math.max(...rules.map(({ signal }) => signal.windowSeconds));
  const { now } = source;
  const [spans, first] = await Promise.all([
    readCoverage(db, { from: now - longest - staleAfterSeconds, to: now }),
    readFirstCoverage(db),
  ]);
  return missedTickReadings(source, rules, { spans, first });
}

/** When regions were looking. */
export interface Looked {
  /** Those that touch the time that is looked at. */
  readonly spans: readonly CoverageSpan[];
  /** When the first of all began, epoch seconds; null: there is none. */
  readonly first: number | null;
}

/** What rules read of when regions were looking. */
export function missedTickReadings(
  { now, lastSpans }: ReadingSource,
  rules: readonly RuleOf<"missed-ticks">[],
  { spans, first }: Looked,
): Read {
  const { asOf } = freshness(now, lastSpans);
  return rules.map((rule) => {
    const { windowSeconds } = rule.signal;
    // What is newer than the newest data is not missed: it is late, which is another signal's.
    const window = asOf === null ? null : { from: asOf - windowSeconds, to: asOf };
    const value = window === null ? null : missedMinutes(spans, first, window);
    const detail =
      value === null ? "" : `${value} of the last ${Math.round(windowSeconds / 60)} minutes`;
    return [rule, [{ subject: everything, value, detail, title: "Ticks were missed" }]];
  });
}

type OfNotes = RuleOf<"own-faults" | "object-fault" | "quota">;

/** What ticks noted of themselves. */
export async function ownNotes(
  db: D1Database,
  source: ReadingSource,
  rules: readonly OfNotes[],
): Promise<Read> {
  const longest = Math.max(
    0,
    ...rules.map(({ signal }) => (signal.kind === "own-faults" ? signal.windowSeconds : 0)),
  );
  const state = await readOwnState(db, source.now - longest, source.now);
  return rules.map((rule) => [rule, ownReadings(source, rule, state)]);
}

function ownReadings(source: ReadingSource, rule: OfNotes, state: OwnState): Reading[] {
  const { signal } = rule;
  switch (signal.kind) {
    case "own-faults":
      return faultReadings(source, { ...rule, signal }, state.faults);
    case "object-fault":
      return objectReadings(source, { ...rule, signal }, state);
    case "quota":
      return quotaReadings(source, state);
  }
}

/** How often something failed in a rule's window: in each region where the faults are regions'. */
export function faultReadings(
  { now, plan }: ReadingSource,
  rule: RuleOf<"own-faults">,
  faults: readonly OwnFault[],
): Reading[] {
  const { faults: kinds, windowSeconds } = rule.signal;
  const since = now - windowSeconds;
  // What fails in a minute is noted when its tick ends: the next one looks at it.
  const known = faults.filter(({ minute }) => minute < now - (now % 60));
  const reading = (own: readonly OwnFault[], region: string | null): Reading => {
    const { count, last } = countFaults(own, kinds, since);
    const what = last === null ? "" : `, last that ${ownFaultWords[last.kind]}: ${last.detail}`;
    const where = region === null ? "" : ` in ${region}`;
    return {
      subject: { ...everything, region },
      value: count,
      detail: `${count} in ${words(windowSeconds)}${where}${what}`,
      title: `${rule.name}${where}`,
    };
  };
  if (!areRegional(kinds)) return [reading(known, null)];
  return plan.regions
    .filter(({ id }) => rule.selector.regions?.includes(id) ?? true)
    .map(({ id, number }) =>
      reading(
        known.filter(({ region }) => region === number),
        id,
      ),
    );
}

/** A region none of whose objects answers does not report: that is another signal's. */
function objectReadings(
  { now, plan }: ReadingSource,
  { selector }: RuleOf<"object-fault">,
  { silent }: OwnState,
): Reading[] {
  return plan.regions
    .filter(({ id }) => selector.regions?.includes(id) ?? true)
    .map(({ id, number }): Reading => {
      const own = silent.filter(({ region, shard }) => region === number && shard < plan.shards);
      const subject = { ...everything, region: id };
      const title = `Part of region ${id} does not answer`;
      const first = own.toSorted((a, b) => a.since - b.since)[0];
      if (first === undefined) return { subject, value: 0, detail: "", title };
      if (own.length >= plan.shards) return { subject, value: null, detail: "", title };
      const value = Math.max(0, now - first.since);
      const which = own.map(({ shard }) => shard).join(", ");
      const detail = `object ${which} of ${id} has not answered for ${words(value)}: ${first.detail}`;
      return { subject, value, detail, title };
    });
}

function quotaReadings({ cloudflarePlan }: ReadingSource, { usage }: OwnState): Reading[] {
  if (cloudflarePlan === undefined || usage === null) return [];
  return quotaUse(usage, cloudflarePlan).map(
    ({ item, words: what, used, allowed, percent }): Reading => ({
      subject: { ...everything, metric: item },
      value: rounded(percent),
      detail: `${used} of ${allowed} ${what}, plan ${cloudflarePlan}`,
      title: `Limit of Cloudflare: ${what}`,
    }),
  );
}

type OfDelivery = RuleOf<"outbox-age" | "dead-letters" | "channel-away">;

/** How people are told. */
export async function ownDelivery(
  db: D1Database,
  source: ReadingSource,
  rules: readonly OfDelivery[],
): Promise<Read> {
  const longest = Math.max(
    0,
    ...rules.map(({ signal }) => (signal.kind === "dead-letters" ? signal.windowSeconds : 0)),
  );
  const state = await readOwnDelivery(db, source.now - longest);
  return rules.map((rule) => [rule, [deliveryReading(source, rule, state)]]);
}

function deliveryReading(
  { now, channels }: ReadingSource,
  { signal }: OfDelivery,
  { oldestSince, dead, away }: OwnDelivery,
): Reading {
  const subject = everything;
  switch (signal.kind) {
    case "outbox-age": {
      const value = oldestSince === null ? 0 : Math.max(0, now - oldestSince);
      const detail = `the oldest notification waits for ${words(value)}`;
      return { subject, value, detail, title: "Notifications do not leave" };
    }
    case "dead-letters": {
      const value = dead.filter((at) => at >= now - signal.windowSeconds).length;
      const detail = `${value} given up in ${words(signal.windowSeconds)}`;
      return { subject, value, detail, title: "Notifications were given up" };
    }
    case "channel-away": {
      // One whose settings are gone is not missed.
      const own = away.filter(({ channel }) => channels?.has(channel) ?? true);
      const since = Math.min(now, ...own.map((one) => one.since));
      const names = own.map(({ channel }) => channel).join(", ");
      const detail = `nothing gets through ${names} for ${words(now - since)}`;
      return { subject, value: now - since, detail, title: "A channel is away" };
    }
  }
}

/**
 * How far the database's clock is from this Worker's, and the newest data from now: the larger.
 * Both clocks are the machines' own, whatever time a tick is run for.
 */
export async function clockSkew(
  db: D1Database,
  { now, lastSpans }: ReadingSource,
  rules: readonly RuleOf<"clock-skew">[],
): Promise<Read> {
  const before = Date.now();
  const theirs = await readDatabaseClock(db);
  const after = Date.now();
  const apart = Math.max(0, before - theirs, theirs - after) / 1000;
  // The newest round's slot may end in the future; one that only begins there is ahead.
  const ahead = Math.max(0, ...lastSpans.map(({ to, step }) => to - step - now));
  const value = rounded(Math.max(apart, ahead));
  const detail =
    ahead > apart
      ? `data was recorded ${words(ahead)} ahead of this clock`
      : `the database's clock is ${value} s away`;
  const reading = { subject: everything, value, detail, title: "Clocks lie apart" };
  return rules.map((rule) => [rule, [reading]]);
}
