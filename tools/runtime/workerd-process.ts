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

const listeners = new AsyncLocalStorage<WorkerdListener>();

// miniflare keeps its child process private: no pid, no exit event, and a silent restart when
// workerd dies. Node announces every child process it makes on this channel, in the context of the
// code that made it, so the listener finds its own child even when several starts overlap.
subscribe("child_process", (message) => {
  const listener = listeners.getStore();
  if (listener !== undefined) listenTo(message, listener);
});

function listenTo(message: unknown, listener: WorkerdListener): void {
  if (typeof message !== "object" || message === null || !("process" in message)) return;
  const child = message.process;
  if (!(child instanceof ChildProcess)) return;
  child.once("spawn", () => {
    if (child.pid !== undefined) listener.onSpawn(child.pid);
  });
  child.once("exit", (code, signal) => listener.onEnd({ code, signal }));
  child.once("error", (error) => listener.onError(error));
}

/**
 * Runs code that makes miniflare start workerd, and tells the listener about that workerd.
 * The code must start no other child process.
 */
export function withWorkerdListener<T>(listener: WorkerdListener, start: () => T): T {
  return listeners.run(listener, start);
}
