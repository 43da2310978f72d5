import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { bundleProbe } from "./tools/testing/bundle-probe.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const systemTests = "**/*.system.test.ts";
const workerd = { configPath: at("wrangler.toml") };
const setupFiles = [at("tools/testing/workerd-setup.ts")];
const TEST_MIGRATIONS = existsSync(at("migrations")) ? await readD1Migrations(at("migrations")) : [];

/** The api reaches the probe by RPC, so its tests run beside the real one, on the same database. */
const probeBesideApi = async () => ({
  name: "netpost-monitoring-probe",
  modules: [{ type: "ESModule" as const, path: "index.js", contents: await bundleProbe() }],
  compatibilityDate: "2026-11-01",
  compatibilityFlags: ["global_fetch_strictly_public"],
  d1Databases: { DB: "netpost-monitoring" },
  durableObjects: {
    REGION: { className: "Region", useSQLite: true },
    PLAN_KEEPER: { className: "PlanKeeper", useSQLite: true },
  },
});

/** Where .ci/run wants the JSON report; unset on a developer's machine. */
const reportFile = process.env["VITEST_REPORT"];

export default defineConfig({
  test: {
    reporters: [
      "default",
      ...(process.env["GITHUB_ACTIONS"] ? ["github-actions"] : []),
      ...(reportFile ? [["json", { outputFile: reportFile }] as ["json", object]] : []),
    ],
    projects: [
      {
        test: {
          name: "node",
          include: ["shared/**/*.test.ts", "tools/**/*.test.ts"],
          exclude: [systemTests, "shared/storage/**"],
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { ...workerd, environment: "probe" },
            miniflare: { bindings: { TEST_MIGRATIONS } },
          }),
        ],
        test: {
          name: "probe",
          include: ["workers/probe/**/*.test.ts", "shared/storage/**/*.test.ts"],
          exclude: [systemTests],
          setupFiles,
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { ...workerd, environment: "api" },
            miniflare: {
              bindings: { TEST_MIGRATIONS },
              workers: [await probeBesideApi()],
            },
          })),
        ],
        test: {
          name: "api",
          include: ["workers/api/**/*.test.ts"],
          exclude: [systemTests],
          setupFiles,
        },
      },
      {
        test: {
          name: "system",
          include: [systemTests],
          exclude: ["**/node_modules/**"],
          // These start the whole product: one at a time, when nothing else runs.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
