/** The thread of servers-setup.ts: what tests probe and send to, and nothing else. */
import { parentPort, workerData } from "node:worker_threads";
import type { ProvidedContext } from "vitest";
import startBrokenServers from "./broken-servers-setup.ts";
import startProtocols from "./protocols-setup.ts";
import startRawServers from "./raw-server-setup.ts";
import startReceivers from "./receivers-setup.ts";
import type { ServerHost } from "./server-host.ts";
import startStandIns from "./stand-in-setup.ts";
import startVendors from "./vendors-setup.ts";

const provided: Partial<ProvidedContext> = {};
const host: ServerHost = {
  maxWorkers: workerData.maxWorkers,
  provide(key, value) {
    provided[key] = value;
  },
};

const started = await Promise.all(
  [
    startStandIns,
    startRawServers,
    startBrokenServers,
    startProtocols,
    startReceivers,
    startVendors,
  ].map((start) => start(host)),
);

parentPort?.once("message", async () => {
  await Promise.all(started.map((stop) => stop()));
  parentPort?.close();
});
parentPort?.postMessage(provided);
