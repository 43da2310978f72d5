import { startRawServer } from "./raw-server.ts";
import type { ServerHost } from "./server-host.ts";

/** Starts two raw servers for a test run, two origins; returns what stops them. */
export default async function setup(host: ServerHost): Promise<() => Promise<void>> {
  const [raw, other] = await Promise.all([startRawServer(), startRawServer()]);
  host.provide("rawServer", { url: raw.url, otherUrl: other.url });
  return async () => {
    await Promise.all([raw.stop(), other.stop()]);
  };
}
