import type { TestProject } from "vitest/node";
import { startReceivers } from "./receivers/start-receivers.ts";

/** Starts receivers of notifications for a test run; returns what stops them. */
export default async function setup(project: TestProject): Promise<() => void> {
  const { url, mailUrl, smtpPorts, stop } = await startReceivers();
  project.provide("receivers", { url, mailUrl, smtpPorts });
  return stop;
}
