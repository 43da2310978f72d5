/**
 * Step 7, after each recorded round: what was recorded becomes alerts, incidents and notifications,
 * decided by the domain and written by compare-and-swap. What is slow to measure is looked at once a
 * minute. Without the database nothing is decided; the next tick decides from what is true then.
 */
import { toSeconds } from "../../../shared/clock.ts";
import {
  decideRound,
  dueRules,
  withoutChannels,
} from "../../../shared/domain/alerting/decide-round.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import type { Round } from "../../../shared/domain/schedule.ts";
import { nextInHours } from "../../../shared/local-days.ts";
import { describeError } from "../../../shared/log.ts";
import { type Readings, takeReadings } from "../../../shared/measure/alert-readings.ts";
import { nextTime } from "../../../shared/measure/material.ts";
import {
  commitAlerts,
  isQuiet,
  readAlertMemory,
} from "../../../shared/storage/alerting/alert-ledger.ts";
import { readAlertingDocuments } from "../../../shared/storage/alerting/documents.ts";
import { readOutageNews } from "../../../shared/storage/alerting/outage-news.ts";
import { readCurrentSilences } from "../../../shared/storage/alerting/silences.ts";
import { readMemory } from "../../../shared/storage/ledger.ts";
import { readMaintenance } from "../../../shared/storage/maintenance.ts";
import { type Channels, channelsOf, logChannels } from "../channels.ts";
import { cloudflarePlan } from "../watch-settings.ts";
import type { TickSurroundings } from "./surroundings.ts";

/** What became of a round's alerting. */
export type Alerted =
  | {
      readonly kind: "decided";
      readonly fired: number;
      readonly resolved: number;
      readonly notifications: number;
      /** By signal, what could not be measured: its alerts stay as they are. */
      readonly faults: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: "not-decided";
      readonly reason: "database-unavailable" | "overtaken";
      readonly detail: string;
    };

/** Others decide and people act in between; each attempt starts from what they left. */
const attempts = 8;

/** Decides what people are to be told after a round. Never throws. */
export async function alert(
  surroundings: TickSurroundings,
  plan: Plan,
  round: Round,
): Promise<Alerted> {
  const { env, clock } = surroundings;
  try {
    const known = await knownOf(surroundings);
    const channels = knownChannels(surroundings);
    const isOff = isOffAmong(channels);
    const account = cloudflarePlan(env);
    const watch = {
      channels: new Set([...channels.channels.keys(), ...channels.broken.map(({ name }) => name)]),
      ...(account !== null && { cloudflarePlan: account }),
    };
    let readings: Readings | null = null;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const now = toSeconds(clock.now());
      const [remembered, documents, news, silences, windows] = await Promise.all([
        readAlertMemory(env.DB, now),
        readAlertingDocuments(env.DB),
        readOutageNews(env.DB),
        readCurrentSilences(env.DB, now),
        readMaintenance(env.DB, { from: now, to: now + 1 }),
      ]);
      const due = dueRules(documents.rules, round);
      readings ??= await takeReadings(env.DB, { ...known, ...watch, now, plan }, due);
      const outcome = decideRound(remembered.memory, {
        now,
        plan,
        rules: documents.rules,
        policies: documents.policies.map((policy) => withoutChannels(policy, isOff)),
        readings: readings.byRule,
        outages: news.outages,
        statuses: known.statuses,
        silences,
        windows,
        nextTime,
        nextInHours,
      });
      const writes = { ...outcome, ...(news.seen !== null && { seen: news.seen }) };
      const committed = isQuiet(writes)
        ? "committed"
        : (await commitAlerts(env.DB, remembered.version, writes, now)).kind;
      if (committed === "conflict") continue;
      const isNow = (phase: string) =>
        outcome.alerts.filter(
          ({ key, state }) =>
            state.phase === phase && remembered.memory.alerts.get(key)?.state.phase !== phase,
        ).length;
      return {
        kind: "decided",
        fired: isNow("firing"),
        resolved: isNow("resolved"),
        notifications: outcome.notifications.length,
        faults: readings.faults,
      };
    }
  } catch (error) {
    return { kind: "not-decided", reason: "database-unavailable", detail: describeError(error) };
  }
  const detail = `others were faster ${attempts} times`;
  return { kind: "not-decided", reason: "overtaken", detail };
}

/** The channels of this isolate. */
export function knownChannels({ env, recollection }: TickSurroundings): Channels {
  if (recollection.channels === null) {
    recollection.channels = channelsOf(env);
    logChannels(recollection.channels);
  }
  return recollection.channels;
}

async function knownOf({ env, recollection }: TickSurroundings) {
  const { memory } = recollection.memory ?? (await readMemory(env.DB));
  return { statuses: memory.statuses, lastSpans: memory.coverage };
}

/** Whether a name is only that of a channel without settings. */
function isOffAmong({ channels, off }: Channels): (channel: string) => boolean {
  const names = new Set(off.map(({ name }) => name).filter((name) => !channels.has(name)));
  return (channel) => names.has(channel);
}
