import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { probeBesideApi } from "./tools/testing/probe-beside-api.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// What workerd is to trust besides browsers' authorities miniflare reads once, as it is imported, and
// from nowhere else; what tests start must not inherit it.
process.env["NODE_EXTRA_CA_CERTS"] = at("tools/testing/trusted-root.pem");
const { cloudflareTest, readD1Migrations } = await import("@cloudflare/vitest-plugin");
delete process.env["NODE_EXTRA_CA_CERTS"];

const configPath = at("wrangler.toml");
const setupFiles = [at("tools/testing/workerd-setup.ts")];
const bindings = { TEST_MIGRATIONS: await readD1Migrations(at("migrations")) };

/** workerd's own account of connections that tests break on purpose; `true` to look into one. */
const verbose = false;

/** Where .ci/run wants the JSON report; unset on a developer's machine. */
const reportFile = process.env["VITEST_REPORT"];

// System tests start the whole product, so they run last, and no more than two at a time. Every
// project needs an explicit order: on two cores vitest would put those without one behind all others.
const together = {
  sequence: { groupOrder: 1 },
  // Tests in workerd wait more than they compute.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  // For machines that are busy; no test is meant to take this long.
  testTimeout: 30_000,
};
const last = {
  sequence: { groupOrder: 3 },
  maxWorkers: 2,
  testTimeout: 180_000,
  hookTimeout: 180_000,
};
const systemTests = "**/*.system.test.ts";
const notHere = ["**/node_modules/**", "**/fixtures/**", systemTests];

export default defineConfig({
  test: {
    reporters: [
      "default",
      ...(process.env["GITHUB_ACTIONS"] ? ["github-actions"] : []),
      ...(reportFile ? [["json", { outputFile: reportFile }] satisfies ["json", object]] : []),
    ],
    projects: [
      {
        test: {
          name: "node",
          // Most are pure and none leaves anything behind: loading the domain once is most of the time.
          isolate: false,
          include: ["shared/**/*.test.ts", "tools/**/*.test.ts", "*.test.ts"],
          exclude: [...notHere, "shared/storage/**"],
          ...together,
        },
      },
      {
        plugins: [
          cloudflareTest({
            verbose,
            wrangler: { configPath, environment: "probe" },
            miniflare: { bindings: { ...bindings, ALLOW_PRIVATE_TARGETS: "true" } },
          }),
        ],
        test: {
          name: "probe",
          globalSetup: [at("tools/testing/servers-setup.ts")],
          include: ["workers/probe/**/*.test.ts", "shared/storage/**/*.test.ts"],
          exclude: notHere,
          setupFiles,
          ...together,
        },
      },
      {
        plugins: [
          cloudflareTest(async () => ({
            verbose,
            wrangler: { configPath, environment: "api" },
            miniflare: { bindings, workers: [await probeBesideApi(configPath)] },
          })),
        ],
        test: {
          name: "api",
          include: ["workers/api/**/*.test.ts"],
          exclude: notHere,
          setupFiles,
          ...together,
        },
      },
      {
        test: {
          name: "system",
          include: [systemTests],
          exclude: ["**/node_modules/**"],
          ...last,
        },
      },
    ],
  },
});
