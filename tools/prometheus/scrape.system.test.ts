import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { dashboardFile } from "../grafana/file.ts";
import { panelQueries } from "../grafana/panel-queries.ts";
import { temporaryFolder } from "../runtime/testing/fixture.ts";
import { hasPrometheus, type Prometheus, promtool, startPrometheus } from "./prometheus.ts";
import { startWatchedSystem, type WatchedSystem } from "./watched-system.ts";

const docs = fileURLToPath(new URL("../../docs/prometheus/", import.meta.url));

describe.skipIf(!hasPrometheus())("with a real Prometheus", () => {
  const folder = temporaryFolder();
  let system: WatchedSystem;
  let prometheus: Prometheus;

  beforeAll(async () => {
    system = await startWatchedSystem(folder.path);
    await system.standIn.setFaults([{ kind: "status", status: 503, path: "/api/health" }]);
    // The rules as they are, but nobody waits half a minute for them.
    const rules = readFileSync(`${docs}recording.yml`, "utf8");
    const recording = join(folder.path, "recording.yml");
    writeFileSync(recording, rules.replace("interval: 30s", "interval: 1s"));
    prometheus = await startPrometheus(
      join(folder.path, "prometheus"),
      `
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ["${recording}", "${docs}alerts.yml"]
scrape_configs:${system.scrapeConfig}`,
    );
  });

  afterAll(async () => {
    await prometheus?.stop();
    await system?.stop();
    folder.remove();
  });

  it("scrapes without a warning, and every panel of the dashboard has data", async () => {
    await vi.waitFor(
      async () => expect(await prometheus.query("netpost_probe_results_total")).toBeGreaterThan(10),
      { timeout: 30_000, interval: 200 },
    );
    // Rates are of what comes between two scrapes.
    await system.tick();
    const queries = panelQueries(JSON.parse(readFileSync(dashboardFile, "utf8")));
    const counts = await vi.waitFor(
      async () => {
        const found = await Promise.all(
          queries.map(async ({ panel, expression }) => {
            return { panel, expression, series: await prometheus.query(expression) };
          }),
        );
        expect(found.filter(({ series }) => series === 0)).toEqual([]);
        return found;
      },
      { timeout: 30_000, interval: 500 },
    );
    for (const { panel, expression, series } of counts) {
      console.log(`${String(series).padStart(4)} series  ${panel}: ${expression}`);
    }
    expect(await prometheus.targets()).toEqual(["up"]);
    await vi.waitFor(
      async () => {
        expect(await prometheus.query('ALERTS{alertname="NetPostMonitorDown"}')).toBe(1);
        expect(
          await prometheus.query("monitor:netpost_probe_duration_seconds:p95_5m"),
        ).toBeGreaterThan(10);
      },
      { timeout: 20_000, interval: 500 },
    );
    expect(prometheus.warnings()).toEqual([]);
  });

  it("promtool finds nothing to say about the metrics", async () => {
    const text = await system.metrics("prometheus");
    expect(promtool(["check", "metrics"], text)).toEqual({ code: 0, said: "" });
  });

  it.each(["recording.yml", "alerts.yml"])("the rules in docs/prometheus/%s are valid", (file) => {
    const { code, said } = promtool(["check", "rules", docs + file]);
    expect(code, said).toBe(0);
  });

  it("the rules do what their tests say, and the example configuration is one", () => {
    const tested = promtool(["test", "rules", `${docs}tests/alerts.test.yml`]);
    expect(tested.code, tested.said).toBe(0);
    const checked = promtool(["check", "config", "--syntax-only", `${docs}scrape.yml`]);
    expect(checked.code, checked.said).toBe(0);
  });
});
