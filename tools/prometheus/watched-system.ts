/** The whole product on this machine, with its stand-in, for Prometheus to scrape. */
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { applyConfigFile, d1OverBatch, renderText } from "../config/index.ts";
import { earlyMinute } from "../runtime/early-minute.ts";
import { type Runtime, startRuntime } from "../runtime/index.ts";
import { DEMO_PASSWORD, type StandIn, startStandIn } from "../stand-in/index.ts";

const configFile = fileURLToPath(new URL("../../netpost.config.ts", import.meta.url));
const readerKey = "reader-key-of-prometheus";

export interface WatchedSystem {
  readonly runtime: Runtime;
  readonly standIn: StandIn;
  /** Ticks the present minute; where that is too late in it to be recorded, the next one. */
  tick(): Promise<void>;
  /** The metrics as text. */
  metrics(format: "prometheus" | "openmetrics"): Promise<string>;
  /** A job of Prometheus' configuration, YAML. */
  readonly scrapeConfig: string;
  stop(): Promise<void>;
}

/** Starts both Workers and the stand-in with the repository's own configuration. */
export async function startWatchedSystem(folder: string): Promise<WatchedSystem> {
  const standIn = await startStandIn({ seed: 1 });
  const runtime = await startRuntime({
    dataDir: join(folder, "data"),
    vars: {
      probe: { ALLOW_PRIVATE_TARGETS: "true", PROBE_LOGIN_PASSWORD: DEMO_PASSWORD },
      api: { ADMIN_TOKEN: "admin-token-of-nobody", MONITORING_API_KEY: readerKey },
    },
  });
  const applied = await applyConfigFile(
    d1OverBatch(runtime.batch),
    { file: configFile, baseUrl: standIn.url, controls: [`${standIn.controlUrl}/faults`] },
    { now: () => Math.floor(Date.now() / 1000) - 600 },
  );
  if (!("revision" in applied)) throw new Error(renderText(applied));
  return {
    runtime,
    standIn,
    async tick() {
      const before = await countResults(runtime);
      for (let tries = 0; (await countResults(runtime)) === before; tries += 1) {
        if (tries > 0) await pause(1_000);
        if (tries > 60) throw new Error("nothing is recorded");
        const { outcome } = await runtime.tick(await earlyMinute());
        if (outcome !== "ok") throw new Error(`a tick ended as ${outcome}`);
      }
    },
    async metrics(format) {
      const response = await fetch(`${runtime.apiUrl}/api/monitoring/metrics?format=${format}`, {
        headers: { Authorization: `Bearer ${readerKey}` },
      });
      if (!response.ok) throw new Error(await response.text());
      return response.text();
    },
    scrapeConfig: `
  - job_name: netpost
    metrics_path: /api/monitoring/metrics
    honor_labels: true
    authorization: { credentials: ${readerKey} }
    static_configs: [{ targets: ["${new URL(runtime.apiUrl).host}"] }]
`,
    async stop() {
      await runtime.stop();
      await standIn.stop();
    },
  };
}

async function countResults(runtime: Runtime): Promise<unknown> {
  const { rows } = await runtime.query("SELECT count(*) AS results FROM results");
  return rows[0]?.["results"];
}
