import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { startStandIn } from "../../stand-in/index.ts";
import { applyConfig, startTraceRuntime, traceStart } from "../kill-trace.ts";

/**
 * One minute of a plan in which a monitor that hangs in two regions for fifteen seconds is probed
 * beside one that is checked every ten: while the slow round runs, fast ones are recorded. Takes a
 * minute of real time, for a tick waits for its rounds.
 *
 * @returns the slow monitor's overall status, which has to be down
 */
export async function runMixedTrace(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), "netpost-lab-"));
  const standIn = await startStandIn({ seed: 1 });
  const runtime = await startTraceRuntime(dataDir);
  try {
    await applyConfig(runtime, standIn, {
      monitors: [
        { id: "slow", name: "Slow", url: "/api/feed" },
        {
          id: "fast",
          name: "Fast",
          url: "/",
          intervalSeconds: 10,
          timeoutMs: 1_000,
          budgetMs: 3_000,
        },
      ],
    });
    await standIn.setFaults([
      { kind: "hang", path: "/api/feed", region: "us-west" },
      { kind: "hang", path: "/api/feed", region: "eu-west" },
    ]);
    const { outcome } = await runtime.tick(new Date(traceStart * 1000));
    if (outcome !== "ok") throw new Error(`the tick ended with ${outcome}`);
    const { rows } = await runtime.query(
      `SELECT status FROM statuses JOIN monitors ON monitors.number = statuses.monitor
       WHERE id = 'slow' AND scope = 0`,
    );
    return z.object({ status: z.string() }).parse(rows[0]).status;
  } finally {
    await runtime.stop();
    await standIn.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
