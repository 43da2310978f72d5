/** What messages are composed from, read once for all that are sent together. */
import { toSeconds } from "../../../shared/clock.ts";
import type { MessageSource, MonitorNow } from "../../../shared/domain/alerting/compose-message.ts";
import { onCallAt } from "../../../shared/domain/alerting/escalation.ts";
import type { Message } from "../../../shared/domain/alerting/message.ts";
import { placesOf } from "../../../shared/domain/inbound.ts";
import type { Monitor } from "../../../shared/domain/monitor.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import {
  type Known,
  presentByRegion,
  presentOverall,
} from "../../../shared/domain/present-status.ts";
import { localDaysBetween } from "../../../shared/local-days.ts";
import { log } from "../../../shared/log.ts";
import { sloDocument } from "../../../shared/measure/slo.ts";
import { readAlertMemory } from "../../../shared/storage/alerting/alert-ledger.ts";
import { readAlertingDocuments } from "../../../shared/storage/alerting/documents.ts";
import { readHandledByKey, readMerged } from "../../../shared/storage/alerting/incident-pages.ts";
import { readOutageCauses } from "../../../shared/storage/alerting/outage-news.ts";
import type { LeasedNotification } from "../../../shared/storage/alerting/outbox.ts";
import { readToldChannels } from "../../../shared/storage/alerting/told-channels.ts";
import { readMemory } from "../../../shared/storage/ledger.ts";
import { readRegionObjects } from "../../../shared/storage/region-objects.ts";
import { parseSettings } from "../env.ts";
import { runbookBase } from "../watch-settings.ts";
import type { TickSurroundings } from "./surroundings.ts";

export interface DeliveryMaterial {
  /** All but the time; null where the incident is not there any more. */
  sourceOf(notification: LeasedNotification): Omit<MessageSource, "at"> | null;
  /** The receipt of the incident's first message in a channel; null: there is none. */
  threadOf(incident: string, channel: string): string | null;
  /** Channels that an incident was given to. */
  givenTo(incident: string): ReadonlySet<string>;
}

/** As many incidents that are merged into one are named. */
const mostMerged = 500;
/** Error budgets are told of the last 30 days, seconds. */
const budgetWindow = 30 * 86_400;

/** Reads the material; the number of statements does not grow with what is sent. */
export async function readDeliveryMaterial(
  { env, clock, recollection }: TickSurroundings,
  plan: Plan,
  leased: readonly LeasedNotification[],
): Promise<DeliveryMaterial> {
  const { DB } = env;
  const now = toSeconds(clock.now());
  const keys = [...new Set(leased.map(({ incident }) => incident))];
  const [incidents, merged, { memory }, documents, told, recorded, objects] = await Promise.all([
    readHandledByKey(DB, keys),
    readMerged(DB, keys, mostMerged),
    readAlertMemory(DB, now),
    readAlertingDocuments(DB),
    readToldChannels(DB, keys),
    recollection.memory ?? readMemory(DB),
    readRegionObjects(DB),
  ]);
  const { statuses, coverage } = recorded.memory;
  const known: Known = {
    now,
    regions: new Map(placesOf(plan).map((place) => [place.id, place])),
    statuses,
    lastSpans: coverage,
  };
  const monitors = new Map(plan.monitors.map((monitor) => [monitor.id, monitor]));
  const handled = new Map(incidents.map((incident) => [incident.key, incident]));
  const [causes, budgets] = await Promise.all([
    readOutageCauses(
      DB,
      [...incidents, ...merged].map(({ key }) => key),
    ),
    readBudgets(
      DB,
      { now, plan, lastSpans: coverage },
      incidents.flatMap(({ monitor }) => monitors.get(monitor ?? "") ?? []),
    ),
  ]);
  const rules = new Map(documents.rules.map((rule) => [rule.id, rule]));
  const rotations = new Map(documents.rotations.map((rotation) => [rotation.id, rotation]));
  const { API_URL = null, DASHBOARD_URL = null } = parseSettings(env);
  const colos = new Map(objects.map(({ region, shard, colo }) => [`${region}/${shard}`, colo]));
  const nowOf = (monitor: Monitor): MonitorNow => ({
    overall: presentOverall(known, monitor),
    regions: presentByRegion(known, monitor).map(({ id, number, status }) => {
      const colo = colos.get(`${number}/${monitor.shard}`) ?? null;
      return { id, colo, status: status.status };
    }),
  });
  return {
    sourceOf: (one) => {
      const incident = handled.get(one.incident);
      if (!incident) return null;
      const own = merged.filter(({ mergedInto }) => mergedInto === incident.key);
      const family = new Set([incident, ...own].map(({ key }) => key));
      const rotation = rotations.get(one.onCall ?? "");
      return {
        notification: {
          id: one.id,
          kind: one.kind,
          because: one.because,
          fallbackOf: one.fallbackOf,
          person: rotation ? onCallAt(rotation, now, localDaysBetween) : null,
          heard: told.sent.some(
            (sent) => sent.incident === one.incident && sent.channel === one.channel,
          ),
        },
        incident,
        merged: own,
        alerts: [...memory.alerts.values()].filter(
          ({ incident: key, state }) =>
            key !== null && family.has(key) && state.phase !== "pending",
        ),
        rules,
        monitors,
        nowOf,
        causes,
        budget: budgets.get(incident.monitor ?? "") ?? null,
        links: { dashboard: DASHBOARD_URL, api: API_URL, runbooks: runbookBase(env) },
      };
    },
    threadOf: (incident, channel) =>
      told.sent.find((sent) => sent.incident === incident && sent.channel === channel)?.receipt ??
      null,
    givenTo: (incident) =>
      new Set(told.given.flatMap((one) => (one.incident === incident ? one.channel : []))),
  };
}

/** Nobody waits for a figure: what cannot be read is left out. */
async function readBudgets(
  db: D1Database,
  present: Parameters<typeof sloDocument>[1],
  monitors: readonly Monitor[],
): Promise<ReadonlyMap<string, Message["budget"]>> {
  if (monitors.length === 0) return new Map();
  try {
    const window = { from: present.now - budgetWindow, to: present.now };
    const document = await sloDocument(db, present, { monitors, window, period: null });
    return new Map(
      document.monitors.map(({ id, budget, burnRates }) => {
        const rate = burnRates["1h"]?.rate ?? null;
        if (budget.leftFraction === null || rate === null) return [id, null];
        return [id, { burnedFraction: Math.max(0, 1 - budget.leftFraction), burnRate: rate }];
      }),
    );
  } catch (error) {
    log("warn", "budget-not-told", {}, error);
    return new Map();
  }
}
