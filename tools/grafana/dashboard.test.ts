import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { dashboardText, makeDashboard } from "./dashboard.ts";
import { dashboardFile } from "./file.ts";
import { panelQueries } from "./panel-queries.ts";

it("docs/grafana/dashboard.json is what `npm run grafana` writes", () => {
  expect(readFileSync(dashboardFile, "utf8")).toBe(dashboardText());
});

it("has every panel that NetPost asked for, each with a query, renewed every 30 s", () => {
  const { refresh, panels } = makeDashboard();
  expect(refresh).toBe("30s");
  expect(panels?.map(({ title }) => title)).toEqual(
    expect.arrayContaining([
      "System health overview",
      "Response-time trends",
      "Error rate",
      "Request throughput",
      "Database performance",
      "Memory",
      "Active alerts",
      "Service uptime",
      "Geographic distribution",
      "Recent deployments",
    ]),
  );
});

it("leaves no variable in what is sent to Prometheus", () => {
  const queries = panelQueries(JSON.parse(dashboardText()));
  expect(queries.length).toBeGreaterThan(15);
  for (const { expression } of queries) expect(expression).not.toContain("$");
});
