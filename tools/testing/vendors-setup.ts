import { Loopback } from "./protocols/loopback.ts";
import type { ServerHost } from "./server-host.ts";
import { VendorServer } from "./vendors/vendor-server.ts";

/** Starts what stands in for services that are told metrics and status; returns what stops it. */
export default async function setup(host: ServerHost): Promise<() => void> {
  const loopback = new Loopback();
  const port = await loopback.listen(new VendorServer().server);
  host.provide("vendors", { url: `http://127.0.0.1:${port}` });
  return () => loopback.stop();
}
