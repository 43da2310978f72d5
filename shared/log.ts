/**
 * The one way to the log: one JSON object a line, as the platform's log search expects. Inside of
 * `withinLog` each line carries the ids of its tick or request, secrets are taken out of it, and an
 * error is reported too (shared/error-reports).
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Redact } from "./redact.ts";

/** What a field of a log line may be. Never a secret, never a target's answer. */
export type LogValue =
  | string
  | number
  | boolean
  | null
  | readonly LogValue[]
  | { readonly [key: string]: LogValue };

export type LogFields = Readonly<Record<string, LogValue>>;

/** To which tick, request and region lines belong. */
export interface LogIds {
  /** `<minute, epoch seconds>-<six hexadecimal digits>`: two ticks of a minute are told apart. */
  readonly tick?: string;
  readonly requestId?: string;
  readonly region?: string;
}

/** Something of ours that went wrong. What a target did wrong is a result, and none. */
export interface Fault {
  /** A name from our code, never made of input: faults are grouped by it. */
  readonly event: string;
  /** Of these, `reason` is of a closed set, and faults are grouped by it too. */
  readonly fields: LogFields;
  /** What was thrown, where it is at hand: it has the stack. */
  readonly cause?: unknown;
}

/** What holds for all lines of a tick, a request, or a call. */
export interface LogContext {
  readonly ids: LogIds;
  readonly redact: Redact;
  readonly report: (fault: Fault) => void;
}

const contexts = new AsyncLocalStorage<LogContext>();

/** Runs something; what it logs, also later and beside others, belongs to the context. */
export function withinLog<T>(context: LogContext, action: () => T): T {
  return contexts.run(context, action);
}

/** The ids of what is running, for another Worker or object that does a part of it. */
export function logIds(): LogIds {
  return contexts.getStore()?.ids ?? {};
}

/**
 * Writes a line. An error is reported too.
 *
 * @param cause what was thrown: the line tells its name and message as `error`, the report its stack
 */
export function log(
  level: "info" | "warn" | "error",
  event: string,
  fields: LogFields,
  cause?: unknown,
): void {
  const all = cause === undefined ? fields : { ...fields, error: describeError(cause) };
  writeLine(level, event, all);
  if (level === "error") report({ event, fields: all, ...(cause !== undefined && { cause }) });
}

/** Writes a line of what is reported otherwise, or not at all. */
export function writeLine(
  level: "info" | "warn" | "error",
  event: string,
  fields: LogFields,
): void {
  const context = contexts.getStore();
  const line = { level, event, ...context?.ids, ...fields };
  const redact = context?.redact;
  const clean = (_: string, value: unknown) =>
    redact !== undefined && typeof value === "string" ? redact(value) : value;
  console[level](JSON.stringify(line, clean));
}

/** Reports a fault that a line of its own would only repeat. */
export function report(fault: Fault): void {
  contexts.getStore()?.report(fault);
}

/** A copy of an error without secrets, which may be reported where `redact` knows more of them. */
export function redactedError(error: unknown, redact: Redact): Error {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const copy = new Error(redact(message));
  copy.name = name;
  if (stack !== undefined) copy.stack = redact(stack);
  return copy;
}

/** An error as a log field: its name and message, without the stack. */
export function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
