/** What a backtest could not replay as it was, and why: told, so that nobody takes it for granted. */
import type { BacktestDocument } from "../contract/api/backtest.ts";
import type { AlertRule } from "../domain/alerting/rule.ts";
import { instant } from "../instant.ts";
import type { BacktestFindings } from "./backtest.ts";
import { unreadable, warmUpSeconds } from "./backtest-readings.ts";

type Note = BacktestDocument["notes"][number];

/** The notes of what was found. */
export function notesOf({ request, span, past, before, after, anew }: BacktestFindings): Note[] {
  const { window, isPart, channelsKnown } = request;
  const { outages, acts } = past.history;
  const names = new Map(request.before.plan.monitors.map(({ number, id }) => [number, id]));
  const notes: Note[] = [];
  const say = (code: Note["code"], text: string) => notes.push({ code, text });

  for (const [rule, because] of unreadableRules([
    ...request.before.rules,
    ...request.after.rules,
  ])) {
    say(
      "signal-not-replayed",
      `rule ${rule}: ${because}; it neither fires here nor is part of incidents`,
    );
  }
  for (const { monitor, startedAt } of outages) {
    const id = names.get(monitor) ?? String(monitor);
    const since = instant(startedAt);
    say(
      "began-before",
      `the outage of ${id} since ${since} went on already: it is told anew at ${instant(span.from)}`,
    );
  }
  if (anew.plans > 0) {
    say(
      "configuration-changed",
      `monitors were configured anew ${times(anew.plans)} in this time: before is by what is in force now`,
    );
  }
  if (anew.documents.length > 0) {
    const which = anew.documents.join(", ");
    say("configuration-changed", `changed in this time: ${which}; before is by what they are now`);
  }
  if (acts.length > 0 || past.otherActs.length > 0) say("people", people(past, before, after));
  if (past.late > 0) {
    say(
      "late-results",
      `${past.late} results came after their round was decided: left out, as then`,
    );
  }
  if (isPart) {
    say(
      "some-monitors",
      "only some monitors: what others would have been grouped with or muted by is not seen",
    );
  }
  if (window.from - span.from < warmUpSeconds) {
    say(
      "warm-up-shortened",
      `there is less than an hour before ${instant(window.from)}: cooldowns and windows begin empty`,
    );
  }
  if (!channelsKnown) {
    say(
      "channels-not-known",
      "which channels are off is not known: the policy default has all of its",
    );
  }
  return notes;
}

function unreadableRules(rules: readonly AlertRule[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const rule of rules) {
    const because = rule.enabled ? unreadable(rule) : null;
    if (because !== null) found.set(rule.id, because);
  }
  return found;
}

function people(
  { history, otherActs }: BacktestFindings["past"],
  before: BacktestFindings["before"],
  after: BacktestFindings["after"],
): string {
  const { acts } = history;
  const parts = [
    ...(acts.length > 0
      ? [
          `acknowledgements, snoozes and priorities are done again at their times: ${acts.length}, of which ${before.idleActs.length} had nothing to act on before and ${after.idleActs.length} after`,
        ]
      : []),
    ...(otherActs.length > 0 ? [`not done again: ${otherActs.join(", ")}`] : []),
  ];
  return parts.join("; ");
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
