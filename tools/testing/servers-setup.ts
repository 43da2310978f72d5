import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ProvidedContext } from "vitest";
import type { TestProject } from "vitest/node";

/**
 * Starts all servers that tests meet, in a thread of their own: where vitest compiles is busy for
 * seconds on end, and a server there would be late for every budget. Returns what stops them.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { maxWorkers } = project.config;
  const thread = new Worker(new URL("servers-thread.ts", import.meta.url), {
    workerData: { maxWorkers },
  });
  const [provided]: ProvidedContext[] = await once(thread, "message");
  if (provided === undefined) throw new Error("the servers' thread told nothing");
  project.provide("standIns", provided.standIns);
  project.provide("rawServer", provided.rawServer);
  project.provide("broken", provided.broken);
  project.provide("protocols", provided.protocols);
  project.provide("receivers", provided.receivers);
  project.provide("vendors", provided.vendors);
  return async () => {
    const ended = once(thread, "exit");
    thread.postMessage("stop");
    await ended;
  };
}
