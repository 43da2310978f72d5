import type { TestProject } from "vitest/node";
import { startRawServer } from "./raw-server.ts";

/** Starts two raw servers for a test run, two origins; returns what stops them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [raw, other] = await Promise.all([startRawServer(), startRawServer()]);
  project.provide("rawServer", { url: raw.url, otherUrl: other.url });
  return async () => {
    await Promise.all([raw.stop(), other.stop()]);
  };
}
