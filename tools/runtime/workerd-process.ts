import { AsyncLocalStorage } from "node:async_hooks";
import { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";

/** How workerd ended. */
export type ProcessEnd = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type WorkerdListener = {
  /** workerd runs; called before it has read its configuration. */
  onSpawn(pid: number): void;
  /** Called in the same turn in which Node learns of it. */
  onEnd(end: ProcessEnd): void;
  /** The binary could not be started at all. */
  onError(error: Error): void;
};

/** Emptied by the first child: a listener that starts a process itself must not hear of that. */
type Expectation = { listener: WorkerdListener | undefined };

const expectations = new AsyncLocalStorage<Expectation>();

// miniflare keeps its child process private: no pid, no exit event, and a silent restart when
// workerd dies. Node announces every child process it makes on this channel, in the context of the
// code that made it, so a listener finds its own workerd even when several starts overlap.
subscribe("child_process", (message) => {
  const expectation = expectations.getStore();
  const listener = expectation?.listener;
  if (expectation === undefined || listener === undefined) return;
  const child = childIn(message);
  if (child === undefined) return;
  expectation.listener = undefined;
  child.once("spawn", () => listener.onSpawn(child.pid ?? 0));
  child.once("exit", (code, signal) => listener.onEnd({ code, signal }));
  child.once("error", (error) => listener.onError(error));
});

function childIn(message: unknown): ChildProcess | undefined {
  if (typeof message !== "object" || message === null || !("process" in message)) return undefined;
  return message.process instanceof ChildProcess ? message.process : undefined;
}

/**
 * Runs code that makes miniflare start workerd, and tells the listener about the first child
 * process that comes of it, and of no other.
 */
export function withWorkerdListener<T>(listener: WorkerdListener, start: () => T): T {
  return expectations.run({ listener }, start);
}
