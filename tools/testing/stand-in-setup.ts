import type { TestProject } from "vitest/node";
import { startStandIn } from "../stand-in/index.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** NetPost's stand-in, running in Node beside the tests in workerd. */
    standIn: { url: string; controlUrl: string };
  }
}

/** Starts the stand-in for a test run; returns what stops it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const standIn = await startStandIn({});
  project.provide("standIn", { url: standIn.url, controlUrl: standIn.controlUrl });
  return () => standIn.stop();
}
