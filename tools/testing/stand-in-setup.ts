import type { TestProject } from "vitest/node";
import { startStandIn } from "../stand-in/index.ts";

/** Starts the stand-in for a test run; returns what stops it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const standIn = await startStandIn({});
  project.provide("standIn", { url: standIn.url, controlUrl: standIn.controlUrl });
  return () => standIn.stop();
}
