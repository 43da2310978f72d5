/**
 * How the database finds what is asked of it: by key, so that no read grows with history. Every
 * exported read is run once, its statements are caught, and SQLite says how it would run them.
 */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import * as accessKeys from "./access-keys.ts";
import * as alertList from "./alerting/alert-list.ts";
import * as alertingRetention from "./alerting/alerting-retention.ts";
import * as backtestMaterial from "./alerting/backtest-material.ts";
import * as channelPace from "./alerting/channel-pace.ts";
import * as channelTests from "./alerting/channel-tests.ts";
import * as deliveries from "./alerting/deliveries.ts";
import * as alertingDocuments from "./alerting/documents.ts";
import * as incidentMeasures from "./alerting/incident-measures.ts";
import * as handled from "./alerting/incident-pages.ts";
import * as memberOutages from "./alerting/member-outages.ts";
import * as outboxState from "./alerting/outbox-state.ts";
import * as publicIncidents from "./alerting/public-incidents.ts";
import * as silences from "./alerting/silences.ts";
import * as timeline from "./alerting/timeline.ts";
import * as audit from "./audit.ts";
import * as baselines from "./baselines.ts";
import * as exportStates from "./exports.ts";
import * as exportsStatus from "./exports-status.ts";
import * as healthHistory from "./health-history.ts";
import * as heartbeats from "./heartbeats.ts";
import * as lastSpans from "./last-spans.ts";
import * as ledger from "./ledger.ts";
import * as maintenance from "./maintenance.ts";
import * as metricRetention from "./metric-retention.ts";
import * as metricRollups from "./metric-rollups.ts";
import * as metricWork from "./metric-work.ts";
import * as metrics from "./metrics.ts";
import * as outageMeasures from "./outage-measures.ts";
import * as outagePages from "./outage-pages.ts";
import * as ownWatch from "./own-watch.ts";
import * as planHistory from "./plan-history.ts";
import * as plans from "./plans.ts";
import * as publicVersion from "./public-version.ts";
import * as queries from "./queries.ts";
import * as rawLatencies from "./raw-latencies.ts";
import * as regionObjects from "./region-objects.ts";
import * as reports from "./reports.ts";
import * as retention from "./retention.ts";
import * as rollupWork from "./rollup-work.ts";
import * as rollups from "./rollups.ts";
import * as schemaVersion from "./schema-version.ts";
import * as scrape from "./scrape.ts";
import * as serviceStates from "./service-states.ts";
import * as vantageServices from "./vantage-services.ts";

/** A statement as it was sent. */
interface Sent {
  readonly sql: string;
  readonly values: readonly unknown[];
}

type Read = (db: D1Database) => Promise<unknown>;

const window = { from: 1_000_000, to: 2_000_000 };
const slice = { from: 1, to: 9 };
const point = { name: "queueDepth", labels: {}, time: 1_000_020, value: 1 };

/** By module and function, so that a read that is added without a line here fails the first test. */
const reads: Readonly<Record<string, readonly Read[]>> = {
  "backtestMaterial.readRecordedResults": [
    (db) => backtestMaterial.readRecordedResults(db, [{ monitor: 1, time: 1_000_020 }]),
  ],
  "backtestMaterial.readLatestOutages": [
    (db) => backtestMaterial.readLatestOutages(db, [1], 1_000_000),
  ],
  "backtestMaterial.readSentPages": [(db) => backtestMaterial.readSentPages(db, window, 10)],
  "backtestMaterial.readIncidentActs": [(db) => backtestMaterial.readIncidentActs(db, window)],
  "backtestMaterial.readConfiguredAnew": [
    (db) => backtestMaterial.readConfiguredAnew(db, [["rule", "memory"]], window),
  ],
  "queries.readResults": [(db) => queries.readResults(db, [{ monitor: 1, time: 1_000_020 }])],
  "queries.readStatusPoints": [
    async (db) => {
      // A change inside the window: those before it are looked for only then.
      await env.DB.prepare(
        "INSERT INTO transitions VALUES (1, 0, 1_500_000, 'up', 'down', NULL, 0) ON CONFLICT DO NOTHING",
      ).run();
      return queries.readStatusPoints(db, [{ monitor: 1, scope: 0 }], window);
    },
  ],
  "queries.readCoverage": [(db) => queries.readCoverage(db, window)],
  "outagePages.readOutagePage": (["open", "closed", "all"] as const).map(
    (state): Read =>
      (db) =>
        outagePages.readOutagePage(db, { state, before: 7 }, 10),
  ),
  "outageMeasures.readOutagesOf": [(db) => outageMeasures.readOutagesOf(db, window)],
  "reports.readReportPage": ([null, "daily"] as const).map(
    (kind): Read =>
      (db) =>
        reports.readReportPage(db, { kind, before: 7 }, 10),
  ),
  "reports.readReport": [(db) => reports.readReport(db, 1)],
  "reports.readNewestEdition": [
    (db) => reports.readNewestEdition(db, { kind: "daily", zone: "UTC", period: window }),
  ],
  "reports.readReportedUntil": [(db) => reports.readReportedUntil(db, "UTC")],
  "reports.readPlanRevision": [(db) => reports.readPlanRevision(db, 1)],
  "reports.readKnownSince": [(db) => reports.readKnownSince(db)],
  "reports.countLateDecisions": [(db) => reports.countLateDecisions(db, window, 1_000_000)],
  "lastSpans.readLastSpans": [(db) => lastSpans.readLastSpans(db)],
  "ledger.readHead": [(db) => ledger.readHead(db)],
  "ledger.readMemory": [(db) => ledger.readMemory(db)],
  "maintenance.readMaintenance": [(db) => maintenance.readMaintenance(db, window)],
  "maintenance.readCalledOffMaintenance": [
    (db) => maintenance.readCalledOffMaintenance(db, 1_000_000),
  ],
  "maintenance.readMaintenanceWindow": [(db) => maintenance.readMaintenanceWindow(db, 1)],
  "maintenance.readMaintenancePage": [(db) => maintenance.readMaintenancePage(db, 7, 10)],
  "metrics.readMetricSeries": [
    (db) => metrics.readMetricSeries(db, [0, 1]),
    (db) => metrics.readMetricSeries(db, [0, 1], "queueDepth"),
  ],
  "metrics.readMetricPoints": [(db) => metrics.readMetricPoints(db, [1, 2], window)],
  "metrics.readNewestPoints": [(db) => metrics.readNewestPoints(db, [1, 2])],
  "metrics.pushPoints": [
    (db) => metrics.pushPoints(db, [point], null, point.time),
    async (db) => {
      const key = { key: "once", digest: "" };
      await metrics.pushPoints(env.DB, [point], key, point.time);
      return metrics.pushPoints(db, [point], key, point.time);
    },
  ],
  "metricRollups.readMetricRollups": [
    (db) => metricRollups.readMetricRollups(db, 3600, [1, 2], window),
  ],
  "metricRollups.probedMetrics": [
    async (db) => {
      const work = { step: 86_400, start: 1_036_800, nextMonitor: 1, generation: 1 } as const;
      await metricRollups.probedMetrics.ofDay(db, work, slice);
    },
  ],
  "metricWork.readMetricWork": [(db) => metricWork.readMetricWork(db, 1_000_000)],
  "metricWork.readPushedNumbers": [(db) => metricWork.readPushedNumbers(db, 1, 10)],
  "metricWork.rollUpPushed": [3600, 86_400].map(
    (step): Read =>
      async (db) => {
        await env.DB.batch([
          env.DB.prepare("DELETE FROM metric_work"),
          metrics.enqueueMetricWork(env.DB, step, [950_400]),
        ]);
        await metricWork.rollUpPushed(db, 1_000_000);
      },
  ),
  "metricRetention.readMetricExtent": [(db) => metricRetention.readMetricExtent(db)],
  "metricRetention.deleteOldMetrics": [
    (db) => {
      const kept = { results: 1_000_800, hours: 0, days: 0 };
      return metricRetention.deleteOldMetrics(db, kept, slice, 10, 1_000_000);
    },
  ],
  "exportStates.readExports": [(db) => exportStates.readExports(db)],
  "serviceStates.readServiceStates": [(db) => serviceStates.readServiceStates(db)],
  "vantageServices.readVantageServices": [(db) => vantageServices.readVantageServices(db)],
  "exportStates.readMinuteResults": [
    (db) => exportStates.readMinuteResults(db, 1_000_000, 1_000_060),
  ],
  "exportsStatus.readStatusPushes": [(db) => exportsStatus.readStatusPushes(db, "statuspage")],
  "exportsStatus.deleteOldStatusPushes": [
    (db) => exportsStatus.deleteOldStatusPushes(db, 1_000_000, 10),
  ],
  "healthHistory.readHealthScores": [(db) => healthHistory.readHealthScores(db, window)],
  "healthHistory.readHealthDays": [(db) => healthHistory.readHealthDays(db, window)],
  "healthHistory.readUnsummedHealthDay": [
    (db) => healthHistory.readUnsummedHealthDay(db, 1_000_000),
  ],
  "healthHistory.deleteOldHealthScores": [
    (db) => healthHistory.deleteOldHealthScores(db, 1_000_000, 10),
  ],
  "alertList.readAlerts": [
    (db) => alertList.readAlerts(db),
    (db) => alertList.readAlerts(db, "service-down/m"),
  ],
  "alertingDocuments.readAlertingDocuments": [(db) => alertingDocuments.readAlertingDocuments(db)],
  "alertingDocuments.readChanges": [(db) => alertingDocuments.readChanges(db, "rule", "r", 20)],
  "alertingDocuments.readChangeAt": [(db) => alertingDocuments.readChangeAt(db, "rule", "r", 9)],
  "incidentMeasures.readIncidentsOf": [(db) => incidentMeasures.readIncidentsOf(db, window)],
  "handled.readHandledPage": (["open", "closed", "all"] as const).map(
    (state): Read =>
      (db) =>
        handled.readHandledPage(db, { state, before: 7 }, 10),
  ),
  "handled.readHandled": [(db) => handled.readHandled(db, 1)],
  "handled.readHandledByKey": [(db) => handled.readHandledByKey(db, ["outage/m/1"])],
  "handled.readMerged": [(db) => handled.readMerged(db, ["outage/m/1"], 10)],
  "memberOutages.readMemberOutages": [(db) => memberOutages.readMemberOutages(db, ["outage/m/1"])],
  "publicIncidents.readOpenPublicIncidents": [
    (db) => publicIncidents.readOpenPublicIncidents(db, 10),
  ],
  "publicIncidents.readPublicIncidents": (["closed", "all"] as const).map(
    (state): Read =>
      (db) =>
        publicIncidents.readPublicIncidents(db, window, state, 10),
  ),
  "publicIncidents.readPublicIncidentsByKey": [
    (db) => publicIncidents.readPublicIncidentsByKey(db, ["a", "b"]),
  ],
  "publicIncidents.readPublicUpdates": [
    (db) => publicIncidents.readPublicUpdates(db, ["outage/m/1"], 10),
  ],
  "publicVersion.readPublicVersion": [(db) => publicVersion.readPublicVersion(db)],
  "silences.readCurrentSilences": [(db) => silences.readCurrentSilences(db, 1_000_000)],
  "silences.readSilencePage": [(db) => silences.readSilencePage(db, 7, 1_000_000, 10)],
  "silences.readSilence": [(db) => silences.readSilence(db, 1)],
  "timeline.readHistory": [(db) => timeline.readHistory(db, ["outage/m/1", "alert/r/1"])],
  "timeline.readDecisions": [(db) => timeline.readDecisions(db, "service-down/m", 10)],
  "timeline.readSilenced": [(db) => timeline.readSilenced(db, 1, 10)],
  "timeline.readMaintained": [(db) => timeline.readMaintained(db, 1, 10)],
  "deliveries.readNotificationPage": (
    ["all", "waiting", "pending", "leased", "sent", "dead", "superseded"] as const
  ).map(
    (state): Read =>
      (db) =>
        deliveries.readNotificationPage(db, { state, channel: "slack", before: 7 }, 10),
  ),
  // Pages by one filter alone come in the order of the index, too: nothing is sorted.
  "deliveries.pagesByOneFilter": [
    (db) => deliveries.readNotificationPage(db, { state: "sent", channel: null, before: 7 }, 10),
    (db) => deliveries.readNotificationPage(db, { state: "all", channel: "slack", before: 7 }, 10),
  ],
  "deliveries.readNotification": [(db) => deliveries.readNotification(db, "n")],
  "deliveries.readDeliveredPages": [(db) => deliveries.readDeliveredPages(db, window, 10)],
  "deliveries.readChannelRecords": [(db) => deliveries.readChannelRecords(db, 1_000_000)],
  "channelTests.readChannelTests": [(db) => channelTests.readChannelTests(db)],
  "channelTests.claimChannelTests": [
    (db) => channelTests.claimChannelTests(db, ["slack"], 1_000_000, 1_000_000),
  ],
  "channelTests.claimFailedTests": [(db) => channelTests.claimFailedTests(db, 1_000_000)],
  "channelPace.readChannelPaces": [(db) => channelPace.readChannelPaces(db)],
  "accessKeys.readStoredKey": [(db) => accessKeys.readStoredKey(db, "abcdefghijkl")],
  "accessKeys.readAccessKey": [(db) => accessKeys.readAccessKey(db, "abcdefghijkl")],
  "accessKeys.readAccessKeyPage": [(db) => accessKeys.readAccessKeyPage(db, 7, 10)],
  "audit.readAuditPage": [
    { who: null, action: null, target: null },
    { who: "admin-token", action: null, target: null },
    { who: null, action: "issueKey", target: null },
    { who: "admin-token", action: "issueKey", target: "/api/monitoring/keys" },
  ].map(
    (filter) => (db) =>
      audit.readAuditPage(db, { ...filter, ...window }, { at: 1_500_000, number: 7 }, 10),
  ),
  "outboxState.readWaiting": [(db) => outboxState.readWaiting(db)],
  "outboxState.readOutboxState": [(db) => outboxState.readOutboxState(db, 1_000_000)],
  "alertingRetention.deleteOldAlerting": [
    (db) => {
      const kept = { decisions: 1_000_000, notifications: 1_000_000 };
      return alertingRetention.deleteOldAlerting(db, kept, 10);
    },
  ],
  "plans.readPlan": [(db) => plans.readPlan(db)],
  "plans.readApplied": [(db) => plans.readApplied(db)],
  "planHistory.readHistory": [(db) => planHistory.readHistory(db, { limit: 20 })],
  "planHistory.readRevision": [(db) => planHistory.readRevision(db, 1)],
  "heartbeats.readPings": [(db) => heartbeats.readPings(db, [1, 2])],
  "heartbeats.readPingHistory": [(db) => heartbeats.readPingHistory(db, 1)],
  "heartbeats.readDoorSpans": [(db) => heartbeats.readDoorSpans(db, 1_000_000)],
  "ownWatch.readOwnState": [(db) => ownWatch.readOwnState(db, 1_000_000, 1_000_000)],
  "ownWatch.readOwnFaults": [(db) => ownWatch.readOwnFaults(db, 1_000_000)],
  "ownWatch.readOwnDelivery": [(db) => ownWatch.readOwnDelivery(db, 1_000_000)],
  "ownWatch.readFirstCoverage": [(db) => ownWatch.readFirstCoverage(db)],
  "ownWatch.readDatabaseClock": [(db) => ownWatch.readDatabaseClock(db)],
  "ownWatch.deleteOldNotes": [(db) => ownWatch.deleteOldNotes(db, 1_000_000, 10)],
  "schemaVersion.readAppliedMigration": [(db) => schemaVersion.readAppliedMigration(db)],
  "regionObjects.readRegionObjects": [(db) => regionObjects.readRegionObjects(db)],
  "rawLatencies.readTimedResults": [(db) => rawLatencies.readTimedResults(db, window, slice)],
  "baselines.readBaseline": [
    (db) => baselines.readBaseline(db, { monitor: 1, region: 1, path: "" }, 0),
  ],
  "rollups.readRollups": [
    (db) => rollups.readRollups(db, 86_400, { monitors: [1, 2], regions: [1] }, window),
  ],
  "rollups.readRollupSlice": [(db) => rollups.readRollupSlice(db, 3600, window, slice)],
  "rollups.readMonitorNumbers": [(db) => rollups.readMonitorNumbers(db, 1, 1_000_000, 10)],
  "rollups.writeRollups": [(db) => rollups.writeRollups(db, 3600, 0, []).run()],
  "rollups.deleteRollups": [(db) => rollups.deleteRollups(db, 3600, 0, []).run()],
  "rollupWork.readWork": [(db) => rollupWork.readWork(db, 1_000_000)],
  "rollupWork.readHourSlice": [(db) => rollupWork.readHourSlice(db, 1_000_800, slice)],
  "scrape.readPendingHours": [(db) => scrape.readPendingHours(db, 1_000_000)],
  "scrape.countNotifications": [(db) => scrape.countNotifications(db, 1_000_000)],
  "retention.readKeptFrom": [(db) => retention.readKeptFrom(db)],
  "retention.keepFrom": [(db) => retention.keepFrom(db, { results: 1_000_800, hours: 0, days: 0 })],
  "retention.deleteOldResults": [(db) => retention.deleteOldResults(db, 10)],
  "retention.deleteOldRollups": [
    async (db) => {
      const monitor = "INSERT INTO monitors (number, id, added_at) VALUES (1, 'm', 0)";
      await env.DB.batch([
        env.DB.prepare(`${monitor} ON CONFLICT DO NOTHING`),
        env.DB.prepare("UPDATE retention SET next_monitor = 0"),
      ]);
      return retention.deleteOldRollups(db, 3600, 10);
    },
  ],
};

const modules = {
  accessKeys,
  audit,
  backtestMaterial,
  alertList,
  alertingRetention,
  channelPace,
  channelTests,
  outboxState,
  alertingDocuments,
  deliveries,
  handled,
  incidentMeasures,
  memberOutages,
  silences,
  timeline,
  queries,
  baselines,
  rawLatencies,
  exportStates,
  exportsStatus,
  serviceStates,
  vantageServices,
  healthHistory,
  heartbeats,
  outageMeasures,
  outagePages,
  publicIncidents,
  publicVersion,
  lastSpans,
  ledger,
  maintenance,
  metrics,
  metricRetention,
  metricRollups,
  metricWork,
  ownWatch,
  planHistory,
  plans,
  regionObjects,
  reports,
  retention,
  rollupWork,
  rollups,
  schemaVersion,
  scrape,
};

const growing =
  /^SCAN (access_keys|audit|metric_points|metric_rollups|metric_pushes|health_scores|health_days|own_faults|platform_usage|newest|results|transitions|coverage|outages|plans|maintenance|rollups|reports|report_parts|last|incidents|own|root|notifications|alert_decisions|incident_events|alerting_changes|channel_tests|status_pushes|old)\b/;
/** Only rows of open outages stand in this index. */
const allowedScan = "SCAN outages USING INDEX open_outages";
/** Only open incidents, what waits, and dead letters stand in these. */
const allowedScans = [
  allowedScan,
  "SCAN incidents USING INDEX open_incidents",
  "SCAN notifications USING INDEX dead_notifications",
  "SCAN notifications USING INDEX due_notifications",
];

const planRows = z.array(z.object({ detail: z.string() }));

/** The statements that a read sends. */
async function statementsOf(read: Read): Promise<Sent[]> {
  const sent: Sent[] = [];
  const catching = new Proxy(env.DB, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => catchBinding(target.prepare(sql), sql, sent);
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  await read(catching);
  return sent;
}

function catchBinding(statement: D1PreparedStatement, sql: string, sent: Sent[]) {
  const index = sent.push({ sql, values: [] }) - 1;
  const bind = statement.bind.bind(statement);
  // On the statement itself: a batch takes no stand-in for one.
  return Object.assign(statement, {
    bind: (...values: unknown[]) => {
      sent[index] = { sql, values };
      return bind(...values);
    },
  });
}

/** SQLite's plan for a statement, a line each. */
async function planOf({ sql, values }: Sent): Promise<string[]> {
  const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...values)
    .all();
  return planRows.parse(results).map((row) => row.detail);
}

describe("the reads of the storage", () => {
  it("are all looked at here", () => {
    const exported = Object.entries(modules).flatMap(([module, functions]) =>
      Object.keys(functions)
        .filter((name) => name.startsWith("read"))
        .map((name) => `${module}.${name}`),
    );
    const looked = Object.keys(reads);
    expect(exported.filter((name) => !looked.includes(name))).toEqual([]);
  });

  it.each(Object.keys(reads))("%s goes through no growing table", async (name) => {
    for (const read of reads[name] ?? []) {
      const sent = await statementsOf(read);
      expect(sent.length).toBeGreaterThan(0);
      for (const statement of sent) {
        const plan = await planOf(statement);
        expect(plan.length).toBeGreaterThan(0);
        const scans = plan.filter(
          (line) => growing.test(line) && !allowedScans.some((allowed) => line.startsWith(allowed)),
        );
        expect(scans, statement.sql).toEqual([]);
      }
    }
  });

  it("tells a scan from a search", async () => {
    const scan = "SELECT * FROM results WHERE monitor = 1";
    expect(await planOf({ sql: scan, values: [] })).toEqual(["SCAN results"]);
    expect("SCAN results").toMatch(growing);
  });

  it("finds open outages by the index that holds nothing else", async () => {
    const [statement] = await statementsOf((db) =>
      outagePages.readOutagePage(db, { state: "open", before: null }, 10),
    );
    if (!statement) throw new Error("no statement");
    expect(await planOf(statement)).toContain(allowedScan);
  });
});
