import { startStandIn } from "../stand-in/index.ts";
import type { ServerHost } from "./server-host.ts";

/** Starts a stand-in for each worker of a test run, as faults are one's own; returns what stops them. */
export default async function setup(host: ServerHost): Promise<() => Promise<void>> {
  const standIns = await Promise.all(
    Array.from({ length: host.maxWorkers }, () => startStandIn({})),
  );
  host.provide(
    "standIns",
    standIns.map(({ url, controlUrl }) => ({ url, controlUrl })),
  );
  return async () => {
    await Promise.all(standIns.map((standIn) => standIn.stop()));
  };
}
