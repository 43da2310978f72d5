import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { releaseName, uploadFolder, uploadOffBecause, uploadSourceMaps } from "./source-maps.ts";
import { startSentryApi } from "./testing/sentry-api.ts";

const folder = mkdtempSync(join(tmpdir(), "source-maps-test-"));
const release = "netpost-monitoring@1.2.3+abc";
const token = "planted-auth-token";

beforeAll(() => {
  writeFileSync(join(folder, "index.js"), "const a = 1;\n//# sourceMappingURL=index.js.map\n");
  const map = { version: 3, sources: ["a.ts"], sourcesContent: ["const a = 1;"], names: [] };
  writeFileSync(join(folder, "index.js.map"), JSON.stringify({ ...map, mappings: "AAAA" }));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function upload(status?: number) {
  const sentry = await startSentryApi(status);
  onTestFinished(() => {
    sentry.stop();
  });
  const outcome = await uploadFolder(folder, "probe", release, {
    PATH: process.env["PATH"],
    SENTRY_URL: sentry.url,
    SENTRY_AUTH_TOKEN: token,
    SENTRY_ORG: "netpost",
    SENTRY_PROJECT_BACKEND: "monitoring",
  });
  return { outcome, requests: sentry.requests };
}

it("uploads a Worker's bundle and map under the release, the Worker and the file that errors name", async () => {
  const { outcome, requests } = await upload();
  expect(outcome).toMatchObject({
    kind: "uploaded",
    said: expect.stringContaining("app:///index.js (sourcemap at index.js.map)"),
  });
  expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    "GET /api/0/organizations/netpost/chunk-upload/",
    "POST /api/0/organizations/netpost/artifactbundle/assemble/",
    "POST /api/0/organizations/netpost/chunk-upload/",
    "POST /api/0/organizations/netpost/artifactbundle/assemble/",
  ]);
  expect(JSON.parse(requests[1]?.body ?? "")).toMatchObject({
    projects: ["monitoring"],
    version: release,
    dist: "probe",
  });
  expect(requests.map(({ authorization }) => authorization)).toEqual(
    requests.map(() => `Bearer ${token}`),
  );
  expect(JSON.stringify(outcome)).not.toContain(token);
});

it("says in one line why Sentry did not take it", async () => {
  const { outcome } = await upload(401);
  expect(outcome).toMatchObject({
    kind: "failed",
    reason: expect.stringContaining("Invalid token"),
  });
  expect(JSON.stringify(outcome)).not.toMatch(/\\n|planted/);
});

it("is off, and builds nothing, where a setting is missing", async () => {
  const environment = { SENTRY_AUTH_TOKEN: token, SENTRY_ORG: "" };
  const because = "SENTRY_ORG, SENTRY_PROJECT_BACKEND not set";
  expect(uploadOffBecause(environment)).toBe(because);
  expect(await uploadSourceMaps("api", release, environment)).toEqual({ kind: "off", because });
});

it("names a release by version and commit, as SENTRY_RELEASE takes it", async () => {
  expect(await releaseName()).toMatch(
    /^netpost-monitoring@\d+\.\d+\.\d+(?:\+[0-9a-f]{12}(?:\.changed)?)?$/,
  );
});
