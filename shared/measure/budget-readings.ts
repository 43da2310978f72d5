/**
 * What alert rules measure of error budgets. Only an outage burns one: what is read grows with the
 * monitors that lately had one, not with all monitors.
 */

import { type AlertRule, selects } from "../domain/alerting/rule.ts";
import { ofMonitor, type Reading } from "../domain/alerting/samples.ts";
import { burnWindowNames, burnWindows, longestBurnWindow } from "../domain/burn-rate.ts";
import { freshness } from "../domain/freshness.ts";
import type { Monitor } from "../domain/monitor.ts";
import { day } from "../domain/rollup.ts";
import { countOutages } from "../storage/alerting/outage-news.ts";
import {
  chosen,
  downUntil,
  type Read,
  type ReadingSource,
  type RuleOf,
  rounded,
} from "./reading-source.ts";
import { measureBurn, sloDocument } from "./slo.ts";
import { knownUntil } from "./window.ts";

/** Error budgets are forecast over so long, seconds. */
const budgetWindow = 30 * day;

/** Of a monitor that is known for less, one short outage would be the whole budget. */
const leastKnownSeconds = 7 * day;

/** So long after an outage its incident ends first: what else there is to say is not part of it. */
const settlingSeconds = 120;

/** Those of the chosen monitors that were down in a time that began at `from`, epoch seconds. */
function downSince(
  source: ReadingSource,
  rules: readonly AlertRule[],
  from: number,
): readonly Monitor[] {
  return source.plan.monitors.filter(
    (monitor) =>
      downUntil(source, monitor) > from && rules.some(({ selector }) => selects(selector, monitor)),
  );
}

/** How fast budgets burn: 0 where nothing was down. */
export async function burn(
  db: D1Database,
  source: ReadingSource,
  rules: readonly RuleOf<"burn-rate">[],
): Promise<Read> {
  const { now } = source;
  const monitors = downSince(source, rules, now - longestBurnWindow);
  const measured = monitors.length === 0 ? [] : await measureBurn(db, source, monitors);
  const burns = new Map(measured.map((one) => [one.monitor.number, one.rates]));
  const burning = monitors.filter(({ number }) => (burns.get(number)?.["3d"].downSeconds ?? 0) > 0);
  const windows = [...new Set(rules.map(({ signal }) => signal.longSeconds))];
  const counted = new Map(
    await Promise.all(
      windows.map(async (seconds) => {
        const numbers = burning.map(({ number }) => number);
        const times =
          numbers.length > 0 ? await countOutages(db, numbers, now - seconds) : new Map();
        return [seconds, times] as const;
      }),
    ),
  );
  return rules.map((rule) => {
    const { longSeconds, shortSeconds } = rule.signal;
    const [long, short] = [windowName(longSeconds), windowName(shortSeconds)];
    const readings = chosen(source, rule).map((monitor): Reading => {
      const common = {
        subject: ofMonitor(monitor.id),
        title: `${monitor.name} burns its error budget`,
      };
      const rates = burns.get(monitor.number);
      if (rates === undefined) return { ...common, value: 0, detail: "" };
      const told = downUntil(source, monitor) > now - settlingSeconds;
      const [a, b] = [long && rates[long].rate, short && rates[short].rate];
      if (told || a == null || b == null) return { ...common, value: null, detail: "" };
      // One outage was told as such.
      const again = (counted.get(longSeconds)?.get(monitor.number) ?? 0) > 1;
      const value = again ? Math.min(a, b) : 0;
      const detail = `${rounded(a)} times as fast as allowed over ${long}, ${rounded(b)} over ${short}`;
      return { ...common, value, detail: again ? detail : "" };
    });
    return [rule, readings];
  });
}

function windowName(seconds: number) {
  return burnWindowNames.find((name) => burnWindows[name] === seconds);
}

/** How many days budgets last, at the pace of the past 30 days. */
export async function forecast(
  db: D1Database,
  source: ReadingSource,
  rules: readonly RuleOf<"budget-forecast">[],
): Promise<Read> {
  const { now, lastSpans } = source;
  const to = knownUntil(now, freshness(now, lastSpans));
  const window = { from: to - budgetWindow, to };
  const monitors = downSince(source, rules, window.from);
  const found = new Map(
    monitors.length === 0
      ? []
      : (await sloDocument(db, source, { monitors, window, period: null })).monitors.map(
          (slo) => [slo.id, slo] as const,
        ),
  );
  return rules.map((rule) => [
    rule,
    chosen(source, rule).map((monitor): Reading => {
      const common = {
        subject: ofMonitor(monitor.id),
        title: `${monitor.name} runs out of error budget`,
      };
      const slo = found.get(monitor.id);
      if (slo === undefined) return { ...common, value: budgetWindow / day, detail: "" };
      const told = downUntil(source, monitor) > now - settlingSeconds;
      const isKnown = slo.budget.totalSeconds >= (1 - slo.target) * leastKnownSeconds;
      const days = told || !isKnown ? null : daysLeft(slo.forecast, now);
      const detail = days === null ? "" : `the error budget lasts ${rounded(days)} more days`;
      return { ...common, value: days, detail };
    }),
  ]);
}

/** What does not run out lasts as long as the window. */
function daysLeft(
  { runsOutAt, reason }: { readonly runsOutAt: string | null; readonly reason: string | null },
  now: number,
): number | null {
  if (runsOutAt !== null) return Math.max(0, (Date.parse(runsOutAt) / 1000 - now) / day);
  if (reason === "spent") return 0;
  return reason === "nothing-known" ? null : budgetWindow / day;
}
