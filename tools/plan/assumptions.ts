import { outsideBounds } from "../../shared/domain/outside-bounds.ts";

/** What the arithmetic takes as given, each with where it comes from. */
export const assumptions = {
  /** ms of CPU for one attempt of a probe: `npm run bench` measured 0.25 to 0.4; a margin on top. */
  cpuMsPerAttempt: 0.5,
  /** ms of CPU of a tick, whatever it carries: plan, messages, D1. An estimate. */
  cpuMsPerTick: 2,
  /** ms of CPU of a tick for each result: parsing and deciding measured 0.004 in Node. */
  cpuMsPerResult: 0.02,
  /** ms that a target takes to answer, in the typical case. */
  answerMs: 300,
  /** ms that an object needs for a round besides waiting for targets. */
  objectOverheadMs: 20,
  /** ms that an object is kept for an acknowledgement. */
  acknowledgeMs: 5,
  /** GB of memory for which an object's time is billed (128 MB, whatever it uses). */
  objectGigabytes: 0.128,
  /** Rows of an object's own store: keep, remember the newest, forget; look-ups, the bound. */
  objectRowsOfRun: { written: 3, read: 8 },
  /** The same for a confirmation, which adds to a round that is kept already. */
  objectRowsOfConfirmation: { written: 2, read: 4 },
  /** Bytes of a result in D1: `npm run bench -- upkeep` measured 23.6; of one that failed, more. */
  bytesPerResult: 23.6,
  bytesPerFailedResult: 80,
  /** Bytes of a rollup in D1: `npm run bench -- upkeep` (ADR 10) measured 124. */
  bytesPerRollup: 124,
  /** Rows written on the list of work: an hour and its day are put on, begun and taken off. */
  rollupWorkRowsPerHour: 6,
  /** Rolling up reads 1.11 (`npm run bench -- upkeep`), deleting finds a result and takes it: 2. */
  upkeepRowsReadPerResult: 3.11,
  /** A round takes this many calls of D1 besides those of the tick: memory, and the batch. */
  d1CallsPerRound: 2,
  /** Points of an exporter besides those of monitors: incidents, alerts, notifications, ticks. */
  pointsBesides: 40,
  /** Bytes of a point: 295 (OTLP), 238 (Datadog), 186 (New Relic) measured with `npm start`. */
  bytesPerPoint: 300,
  /** The smallest bound of a request's body: Datadog's. Bodies are halved until they fit. */
  bytesPerBody: 500_000,
  /** ms of CPU of a point: sampled and written as JSON. An estimate. */
  cpuMsPerPoint: 0.004,
  minutesCaughtUp: outsideBounds.exporterMinutes,
  requestsOfExporter: outsideBounds.exporterRequests,
  requestsOfStatuspage: outsideBounds.statuspageRequests,
  checksPerRequest: outsideBounds.uptimeRobotChecks,
  /** With the one that says how many were kept back. */
  errorsAMinute: outsideBounds.errorReports + 1,
  /** ms of CPU of an envelope to Sentry, or of telling a status page something. An estimate. */
  cpuMsPerEnvelope: 0.3,
  /** ms after which error reports are given up (shared/error-reports/mail.ts). */
  longestMailMs: 15_000,
  /** Kinds of our own faults that are noted in a minute in which much fails. */
  faultKindsAMinute: 3,
  daysPerMonth: 30,
} as const;
