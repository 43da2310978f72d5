/**
 * A backtest: recorded results once more through recording and alerting, round by round on simulated
 * time, by a configuration of one's choice. Pure, by the very code that a tick runs: what it yields
 * for the configuration that was in force are the notifications that there were.
 *
 *   1. what the regions saw of a round → verdicts, statuses, outages      recording.ts
 *   2. what people did since the round before, at its time                operate.ts
 *   3. outages and readings → alerts, incidents, notifications            decide-round.ts
 *
 * Every round of the plan is decided, also one of which nothing was recorded: escalation, deadlines
 * and the end of a snooze depend on time alone.
 */
import type { CoverageSpan } from "../coverage.ts";
import type { MaintenanceWindow, NextTime } from "../maintenance.ts";
import { type Plan, planRounds } from "../plan.ts";
import { decideRecording, type Memory, type RegionReport } from "../recording.ts";
import type { Round } from "../schedule.ts";
import type { Span } from "../span.ts";
import { applyActs, type PersonsAct } from "./backtest-acts.ts";
import { OutageRows } from "./backtest-outages.ts";
import { decideRound, dueRules } from "./decide-round.ts";
import type { EscalationPolicy, NextInHours } from "./escalation.ts";
import type { Incident } from "./incident.ts";
import type { AlertMemory, Decision, Notification, NotificationKind } from "./memory.ts";
import type { AlertRule } from "./rule.ts";
import type { OutageSpan, Reading } from "./samples.ts";
import type { Silence } from "./silence.ts";

/** What was recorded of a time. Epoch seconds. */
export interface BacktestHistory {
  /** What is replayed: whole minutes. */
  readonly span: Span;
  /** What recording remembered at its beginning. */
  readonly memory: Memory;
  /** The outages that went on then. */
  readonly outages: readonly OutageSpan[];
  /** What the regions reported of a round in time to have a say. */
  readonly reportsOf: (round: Round) => readonly RegionReport[];
  /** In order of time. */
  readonly acts: readonly PersonsAct[];
}

/** What results are judged by. */
export interface BacktestConfiguration {
  readonly plan: Plan;
  readonly rules: readonly AlertRule[];
  readonly policies: readonly EscalationPolicy[];
  readonly silences: readonly Silence[];
  readonly windows: readonly MaintenanceWindow[];
}

/** What is known as a round is decided. */
export interface BacktestMoment {
  /** Epoch seconds. */
  readonly now: number;
  readonly plan: Plan;
  readonly statuses: Memory["statuses"];
  /** The last coverage span of each region and step. */
  readonly lastSpans: readonly CoverageSpan[];
}

/** What lies outside of the domain. */
export interface BacktestTools {
  /** What rules read at a moment, by their ids; a rule that is not there could not be read. */
  readonly readingsOf: (
    moment: BacktestMoment,
    rules: readonly AlertRule[],
  ) => ReadonlyMap<string, readonly Reading[]>;
  readonly nextTime: NextTime;
  readonly nextInHours: NextInHours;
  /** How long after a round's time it is decided, seconds. */
  readonly delaySeconds: number;
}

/** A notification that would have been. */
export interface Page {
  /** Epoch seconds. */
  readonly at: number;
  /** Key of the incident. */
  readonly incident: string;
  readonly channel: string;
  readonly kind: NotificationKind;
  readonly because: string;
  readonly title: string;
  readonly monitor: string | null;
  readonly priority: Incident["priority"];
  /** What fires of the incident, in words. */
  readonly detail: string;
}

/** What a configuration makes of a history. */
export interface Replay {
  readonly pages: readonly Page[];
  readonly decisions: readonly Decision[];
  /** As they stood at the end, in order of their beginning. */
  readonly incidents: readonly Incident[];
  readonly outages: readonly OutageSpan[];
  readonly rounds: number;
  /** What people did to incidents that this configuration does not have then. */
  readonly idleActs: readonly PersonsAct[];
}

/** Incidents that ended this long ago are still remembered, seconds: as in the database. */
const rememberedSeconds = 3_600;

/** Replays a history by a configuration. */
export function replay(
  history: BacktestHistory,
  configuration: BacktestConfiguration,
  tools: BacktestTools,
): Replay {
  const { plan } = configuration;
  const outages = new OutageRows(history.outages);
  const incidents = new Map<string, Incident>();
  const pages: Page[] = [];
  const decisions: Decision[] = [];
  const idleActs: PersonsAct[] = [];
  let recorded = history.memory;
  let memory: AlertMemory = { alerts: new Map(), incidents: new Map() };
  let rounds = 0;
  let done = 0;

  const keep = (at: number, after: AlertMemory, told: readonly Notification[]) => {
    memory = after;
    for (const one of after.incidents.values()) incidents.set(one.key, one);
    for (const one of told) pages.push(pageOf(at, one, after));
  };

  for (let minute = history.span.from; minute < history.span.to; minute += 60) {
    for (const round of planRounds(plan, minute)) {
      if (round.time >= history.span.to) break;
      const now = round.time + tools.delaySeconds;
      const acts: PersonsAct[] = [];
      for (let act = history.acts[done]; act && act.at <= now; act = history.acts[done]) {
        acts.push(act);
        done += 1;
      }
      const acted = applyActs(memory, acts);
      for (const { at, notifications } of acted.told) keep(at, acted.memory, notifications);
      memory = acted.memory;
      idleActs.push(...acted.idle);

      const regions = history.reportsOf(round);
      const recording = decideRecording(plan, recorded, [{ round, regions }]);
      recorded = recording.memory;
      outages.take(recording.outages, now);

      const { statuses, coverage } = recorded;
      const due = dueRules(configuration.rules, round);
      const readings = tools.readingsOf({ now, plan, statuses, lastSpans: coverage }, due);
      const outcome = decideRound(remembered(memory, now), {
        now,
        plan,
        rules: configuration.rules,
        policies: configuration.policies,
        readings,
        outages: outages.news(),
        statuses,
        silences: configuration.silences,
        windows: configuration.windows,
        nextTime: tools.nextTime,
        nextInHours: tools.nextInHours,
      });
      keep(now, outcome.memory, outcome.notifications);
      decisions.push(...outcome.decisions);
      rounds += 1;
    }
  }
  return {
    pages,
    decisions,
    incidents: [...incidents.values()].toSorted((a, b) => a.startedAt - b.startedAt),
    outages: outages.all(),
    rounds,
    idleActs,
  };
}

/** What the database would give back of a memory. */
export function remembered({ alerts, incidents }: AlertMemory, now: number): AlertMemory {
  const oldest = now - rememberedSeconds;
  const isOld = ({ endedAt }: Incident) => endedAt !== null && endedAt < oldest;
  if (![...incidents.values()].some(isOld)) return { alerts, incidents };
  const needed = new Set([...alerts.values()].map(({ incident }) => incident));
  const kept = [...incidents].filter(([key, incident]) => needed.has(key) || !isOld(incident));
  return { alerts, incidents: new Map(kept) };
}

function pageOf(
  at: number,
  { incident: key, channel, kind, because }: Notification,
  { alerts, incidents }: AlertMemory,
): Page {
  const incident = incidents.get(key);
  const detail = [...alerts.values()]
    .filter(({ state, incident: own }) => {
      if (state.phase !== "firing" || own === null) return false;
      return own === key || incidents.get(own)?.mergedInto === key;
    })
    .slice(0, 5)
    .map((alert) => (alert.detail === "" ? alert.key : `${alert.key}: ${alert.detail}`))
    .join("; ");
  return {
    at,
    incident: key,
    channel,
    kind,
    because,
    title: incident?.title ?? key,
    monitor: incident?.monitor ?? null,
    priority: incident?.priority ?? "P4",
    detail,
  };
}
