/**
 * Error reports: what a tick, a request or a call has to tell Sentry about us. Faults come by `log`
 * and `report` of shared/log.ts; what is sent is bounded, scrubbed, and sent when the work is done,
 * so that no report stands in the way of a probe. Without a DSN only the log's part is left.
 */

import type { Clock } from "../clock.ts";
import { outsideBounds } from "../domain/outside-bounds.ts";
import { describeError, type Fault, type LogIds, withinLog, writeLine } from "../log.ts";
import { Mail } from "./mail.ts";
import { Pauses } from "./pauses.ts";
import { type Scrubber, scrubberOf } from "./scrub.ts";
import { type CheckInStatus, fingerprintOf, type Measurement, SentryClient } from "./sentry.ts";
import { type ErrorReportSettings, readErrorReportSettings } from "./settings.ts";
import { type Bound, StormLimit } from "./storm-limit.ts";

/** Of faults, and of measurements, one isolate sends a minute. What is beyond is counted and told. */
export const faultBound: Bound = {
  windowMs: 60_000,
  most: outsideBounds.errorReports,
  mostAlike: 3,
};
export const measurementBound: Bound = { windowMs: 60_000, most: 20, mostAlike: 20 };

/** A request's Worker may go on for 30 s after the answer. */
const longestWaitMs = 25_000;

/** What an isolate remembers between ticks, requests and calls. */
export interface ReportMemory {
  readonly faults: StormLimit;
  readonly measurements: StormLimit;
  readonly pauses: Pauses;
  /** By environment: parsed once. */
  readonly known: WeakMap<object, Known>;
  /** Whether the log has heard what is on. */
  said: boolean;
  /** Until when somebody waits to tell what was suppressed, epoch ms. */
  waitsUntil: number;
}

interface Known {
  readonly settings: ErrorReportSettings;
  readonly scrubber: Scrubber;
}

/** Nothing remembered yet. */
export function emptyReportMemory(): ReportMemory {
  return {
    faults: new StormLimit(faultBound),
    measurements: new StormLimit(measurementBound),
    pauses: new Pauses(),
    known: new WeakMap(),
    said: false,
    waitsUntil: 0,
  };
}

const ofThisIsolate = emptyReportMemory();

/** The tick, request or call that reports are of. */
export interface Occasion {
  readonly worker: "probe" | "api";
  readonly env: object;
  readonly clock: Clock;
  readonly ids: LogIds;
  /** Keeps the Worker or object alive until something is done. */
  readonly waitUntil: (promise: Promise<unknown>) => void;
  /** Default: that of the isolate. */
  readonly memory?: ReportMemory;
  /** A number in [0, 1), for sampling. */
  readonly draw?: () => number;
}

/** Collects and sends what one tick, request or call has to report. */
export class ErrorReports {
  readonly #occasion: Occasion;
  readonly #memory: ReportMemory;
  readonly #known: Known;
  readonly #mail: Mail;
  readonly #seen = new WeakSet<Error>();
  #client: SentryClient | null = null;
  #held: Fault[] | null = [];

  constructor(occasion: Occasion) {
    this.#occasion = occasion;
    this.#memory = occasion.memory ?? ofThisIsolate;
    this.#known = knownOf(occasion, this.#memory);
    this.#mail = new Mail(occasion.clock, this.#memory.pauses);
  }

  /** Runs something; what it logs has our ids, and its errors are reported. */
  within<T>(action: () => T): T {
    const { scrubber } = this.#known;
    const report = (fault: Fault) => this.#report(fault);
    return withinLog({ ids: this.#occasion.ids, redact: scrubber.secrets, report }, action);
  }

  /**
   * Tells Sentry's cron monitor how the tick stands; the first at once, the last with `send`.
   *
   * @param id of the check-in that is ended, null for a beginning
   * @returns the check-in's id; null where there is no such monitor
   */
  checkIn(status: CheckInStatus, id: string | null = null, durationMs = 0): string | null {
    const { cronMonitor } = this.#known.settings;
    if (cronMonitor === null || (status !== "in_progress" && id === null)) return null;
    return this.#unharmed(null, () => {
      const given = this.#sentry()?.checkIn(cronMonitor, status, id, durationMs / 1000);
      if (status === "in_progress") this.#occasion.waitUntil(this.#mail.settled());
      return given ?? null;
    });
  }

  /** Sends a duration, of as large a share as the settings say. */
  measured(one: Measurement): void {
    const { clock, draw = Math.random } = this.#occasion;
    if (draw() >= this.#known.settings.tracesSampleRate) return;
    if (this.#known.settings.dsn === null) return;
    if (!this.#memory.measurements.admit(one.op, clock.now())) return;
    this.#unharmed(undefined, () => this.#sentry()?.measurement(one));
  }

  /** Sends what came together, after the answer; to be called once, at the end. */
  send(): void {
    const { clock, waitUntil } = this.#occasion;
    const held = this.#held ?? [];
    this.#held = null;
    this.#tellSuppressed();
    for (const fault of held) this.#tell(fault);
    const { faults } = this.#memory;
    const leftMs = faults.endsAt - clock.now();
    if (faults.isHolding && leftMs <= longestWaitMs && this.#memory.waitsUntil < faults.endsAt) {
      this.#memory.waitsUntil = faults.endsAt;
      waitUntil(clock.sleep(Math.max(0, leftMs)).then(() => this.#tellLate()));
    }
    // Most have nothing to report, and make no client.
    if (this.#client !== null) waitUntil(this.#settle());
  }

  #report(fault: Fault): void {
    const { worker, clock } = this.#occasion;
    if (this.#known.settings.dsn === null) return;
    const { cause } = fault;
    if (cause instanceof Error) {
      // Caught, logged and thrown again, it is still one fault.
      if (this.#seen.has(cause)) return;
      this.#seen.add(cause);
    }
    const kind = fingerprintOf(worker, fault).join(" ");
    // Before this one begins another window.
    this.#tellSuppressed();
    if (!this.#memory.faults.admit(kind, clock.now())) return;
    if (this.#held !== null) this.#held.push(fault);
    else {
      this.#tell(fault);
      this.#occasion.waitUntil(this.#settle());
    }
  }

  #tellSuppressed(): void {
    const suppressed = this.#memory.faults.settle(this.#occasion.clock.now());
    if (suppressed === null) return;
    this.#unharmed(undefined, () => this.#sentry()?.suppressed(suppressed));
  }

  #tell(fault: Fault): void {
    this.#unharmed(undefined, () => this.#sentry()?.fault(fault));
  }

  /** Whatever the library makes of it: who reports goes on. */
  #unharmed<T>(otherwise: T, action: () => T): T {
    try {
      return action();
    } catch (error) {
      const fields = { error: describeError(error) };
      this.within(() => writeLine("error", "error-reports-failed", fields));
      return otherwise;
    }
  }

  async #tellLate(): Promise<void> {
    this.#tellSuppressed();
    await this.#settle();
  }

  /** What does not get through is told in the log, once for each tick, request or call. */
  async #settle(): Promise<void> {
    const { sent, dropped, because } = await this.#mail.settled();
    if (because === null) return;
    this.within(() => writeLine("warn", "error-reports-dropped", { sent, dropped, because }));
  }

  #sentry(): SentryClient | null {
    const { settings, scrubber } = this.#known;
    if (settings.dsn === null) return null;
    const { worker, ids } = this.#occasion;
    this.#client ??= new SentryClient({
      dsn: settings.dsn,
      settings,
      worker,
      tags: { ...ids },
      scrub: scrubber.all,
      send: this.#mail.post,
    });
    return this.#client;
  }
}

function knownOf({ env, worker, ids }: Occasion, memory: ReportMemory): Known {
  const before = memory.known.get(env);
  if (before) return before;
  const known = { settings: readErrorReportSettings(env), scrubber: scrubberOf(env) };
  memory.known.set(env, known);
  if (memory.said) return known;
  memory.said = true;
  const { dsn, environment, release, tracesSampleRate, fault } = known.settings;
  const fields = {
    worker,
    on: dsn !== null,
    ...(dsn !== null && { environment, release, tracesSampleRate }),
    ...(dsn === null && fault === null && { because: "SENTRY_DSN_BACKEND not set" }),
    ...(fault !== null && { fault }),
  };
  withinLog({ ids, redact: known.scrubber.secrets, report: () => {} }, () => {
    writeLine(fault === null ? "info" : "error", "error-reports", fields);
  });
  return known;
}
