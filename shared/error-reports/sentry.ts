/**
 * The one file that knows toucan-js, and by it Sentry. toucan-js has no performance measurement; a
 * transaction is an event of that type, which its client takes and sends like any other.
 */
import { linkedErrorsIntegration, rewriteFramesIntegration, Toucan } from "toucan-js";
import { describeError, type Fault, type LogFields } from "../log.ts";
import type { Redact } from "../redact.ts";
import { scrubDeep } from "./scrub.ts";
import type { ErrorReportSettings } from "./settings.ts";
import type { Suppressed } from "./storm-limit.ts";

/** How something took its time. */
export interface Measurement {
  /** A step of ours or a route's pattern, never made of input. */
  readonly name: string;
  /** As Sentry names kinds of work: `http.server`, `cron.tick`. */
  readonly op: string;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly ok: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** Further numbers, by name; those that end in Ms are milliseconds, others counts. */
  readonly numbers: Readonly<Record<string, number>>;
}

export type CheckInStatus = "in_progress" | "ok" | "error";

/** What Sentry is told of the tick: every minute; three minutes late is missed, five long is hung. */
const cronMonitor = {
  schedule: { type: "crontab", value: "* * * * *" },
  checkinMargin: 3,
  maxRuntime: 5,
  timezone: "UTC",
  // One tick that never came is a gap in the coverage; two in a row are an illness.
  failureIssueThreshold: 2,
  recoveryThreshold: 1,
} as const;

/** Fields of a fault that Sentry searches by; the others are shown with it. */
const tagFields: ReadonlySet<string> = new Set([
  "region",
  "shard",
  "monitor",
  "route",
  "method",
  "channel",
  "step",
  "reason",
]);

/** Fields of an event that are made of settings alone; a release has the form of an address. */
const ownFields: ReadonlySet<string> = new Set([
  "release",
  "environment",
  "dist",
  "sdk",
  // Of this, Sentry is told what it knows: the release again, and the public key of the DSN.
  "sdkProcessingMetadata",
]);

/** What a client is made of. */
export interface SentryOptions {
  readonly dsn: string;
  readonly settings: ErrorReportSettings;
  /** The Worker: source maps are kept by it. */
  readonly worker: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly scrub: Redact;
  readonly send: typeof fetch;
}

/** Makes events of what we have to say, for one tick, request or call. */
export class SentryClient {
  readonly #toucan: Toucan;
  readonly #worker: string;

  constructor({ dsn, settings, worker, tags, scrub, send }: SentryOptions) {
    const clean = <T extends object>(event: T): T => {
      for (const [name, part] of Object.entries(event)) {
        if (ownFields.has(name)) continue;
        if (typeof part === "string") Reflect.set(event, name, scrub(part));
        else scrubDeep(part, scrub);
      }
      return event;
    };
    this.#worker = worker;
    this.#toucan = new Toucan({
      dsn,
      release: settings.release,
      environment: settings.environment,
      dist: worker,
      // Ours tells what a request was; the library's own would send its address.
      defaultIntegrations: false,
      integrations: [linkedErrorsIntegration(), rewriteFramesIntegration({ iteratee: asUploaded })],
      // Cut by scrubDeep, after the secrets are out.
      maxValueLength: 65_536,
      beforeSend: clean,
      beforeSendTransaction: clean,
      transportOptions: { fetcher: send },
    });
    this.#toucan.setTags({ worker, ...tags });
  }

  fault(fault: Fault): void {
    const { event, fields, cause } = fault;
    const tags = Object.entries(fields).filter(([name]) => tagFields.has(name));
    const extra = Object.entries(fields).filter(([name]) => !tagFields.has(name));
    this.#toucan.withScope((scope) => {
      scope.setTags({ event, ...Object.fromEntries(tags.map(([k, v]) => [k, String(v)])) });
      scope.setExtras(Object.fromEntries(extra));
      scope.setFingerprint(fingerprintOf(this.#worker, fault));
      scope.setLevel("error");
      if (cause instanceof Error) scope.captureException(cause);
      else scope.captureMessage(messageOf(event, fields, cause), "error");
    });
  }

  /** Tells what a storm's bound kept back. */
  suppressed({ since, total, byKind }: Suppressed): void {
    this.#toucan.withScope((scope) => {
      scope.setTags({ event: "reports-suppressed", total: String(total) });
      scope.setExtras({ since: new Date(since).toISOString(), ...byKind });
      scope.setFingerprint([this.#worker, "reports-suppressed"]);
      scope.captureMessage(`${total} errors were not reported one by one`, "warning");
    });
  }

  measurement(one: Measurement): void {
    const startedAt = one.startedAtMs / 1000;
    const numbers = { durationMs: one.durationMs, ...one.numbers };
    this.#toucan.captureEvent({
      type: "transaction",
      transaction: one.name,
      transaction_info: { source: one.op === "http.server" ? "route" : "task" },
      start_timestamp: startedAt,
      timestamp: startedAt + one.durationMs / 1000,
      contexts: {
        trace: {
          trace_id: hexadecimal(32),
          span_id: hexadecimal(16),
          op: one.op,
          status: one.ok ? "ok" : "internal_error",
        },
      },
      tags: { ...one.tags },
      measurements: Object.fromEntries(
        Object.entries(numbers).map(([name, value]) => [
          name.replace(/Ms$/, ""),
          { value, unit: name.endsWith("Ms") ? "millisecond" : "none" },
        ]),
      ),
      spans: [],
    });
  }

  /**
   * Tells how a tick stands.
   *
   * @param id of the check-in that it ends; null at its beginning, which makes the monitor too
   * @returns the check-in's id
   */
  checkIn(monitorSlug: string, status: CheckInStatus, id: string | null, seconds: number): string {
    if (status === "in_progress" || id === null) {
      return this.#toucan.captureCheckIn({ monitorSlug, status: "in_progress" }, cronMonitor);
    }
    const end = { monitorSlug, status, checkInId: id, duration: seconds };
    return this.#toucan.captureCheckIn(end, cronMonitor);
  }
}

/** Faults with the same are one issue: of the same kind, reason, kind of error, and region. */
export function fingerprintOf(worker: string, { event, fields, cause }: Fault): string[] {
  const { reason, region } = fields;
  return [
    worker,
    event,
    ...(typeof reason === "string" ? [reason] : []),
    ...(typeof region === "string" ? [region] : []),
    ...(cause instanceof Error ? [cause.name] : []),
  ];
}

function messageOf(event: string, { error }: LogFields, cause: unknown): string {
  if (cause !== undefined) return `${event}: ${describeError(cause)}`;
  return typeof error === "string" ? `${event}: ${error}` : event;
}

interface Frame {
  filename?: string;
  abs_path?: string;
  in_app?: boolean;
}

/** The bundle's name as source maps are uploaded for it, whatever folder the runtime puts it in. */
function asUploaded<F extends Frame>(frame: F): F {
  // Others are of the runtime: cloudflare-internal:…, or no file at all.
  if (frame.filename === undefined || !/\.m?js$/.test(frame.filename)) {
    return { ...frame, in_app: false };
  }
  const file = `app:///${frame.filename.split("/").at(-1)}`;
  return { ...frame, filename: file, abs_path: file };
}

function hexadecimal(digits: number): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, digits);
}
