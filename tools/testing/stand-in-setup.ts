import type { TestProject } from "vitest/node";
import { startStandIn } from "../stand-in/index.ts";

/** Starts a stand-in for each worker of a test run, as faults are one's own; returns what stops them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const standIns = await Promise.all(
    Array.from({ length: project.config.maxWorkers }, () => startStandIn({})),
  );
  project.provide(
    "standIns",
    standIns.map(({ url, controlUrl }) => ({ url, controlUrl })),
  );
  return async () => {
    await Promise.all(standIns.map((standIn) => standIn.stop()));
  };
}
