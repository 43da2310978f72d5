import { startReceivers } from "./receivers/start-receivers.ts";
import type { ServerHost } from "./server-host.ts";

/** Starts receivers of notifications for a test run; returns what stops them. */
export default async function setup(host: ServerHost): Promise<() => void> {
  const { url, mailUrl, smtpPorts, stop } = await startReceivers();
  host.provide("receivers", { url, mailUrl, smtpPorts });
  return stop;
}
