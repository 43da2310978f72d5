/**
 * Source maps for Sentry, so that an error shows lines of our sources and not of a bundle. Sentry
 * finds them by three things that the Workers send with every error (shared/error-reports/sentry.ts):
 * the release, the Worker's name as `dist`, and `app:///<bundle>` as the file. The release is agreed
 * by whoever deploys: `releaseName()` once, for the upload and as the variable SENTRY_RELEASE.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { version } from "../shared/version.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const wrangler = `${root}node_modules/wrangler/bin/wrangler.js`;
const sentryCli = `${root}node_modules/@sentry/cli/bin/sentry-cli`;

/** Bundling and uploading a Worker may each take that long, ms. */
const timeoutMs = 180_000;

/** The settings that turn the upload on; SENTRY_URL is for a Sentry of one's own. */
export const sourceMapSettings = ["SENTRY_AUTH_TOKEN", "SENTRY_ORG", "SENTRY_PROJECT_BACKEND"];

export type WorkerName = "probe" | "api";

/** How a step ended: what it said, or why it failed, in one line. */
export type UploadOutcome =
  | { readonly kind: "uploaded"; readonly said: string }
  /** Settings are missing: names them. */
  | { readonly kind: "off"; readonly because: string }
  | { readonly kind: "failed"; readonly reason: string };

/**
 * The name of what is being deployed: our version and the commit, `netpost-monitoring@0.1.0+3f9a2c1d5e6f`;
 * with `.changed` where files were changed since; without a commit outside of a repository.
 */
export async function releaseName(): Promise<string> {
  const commit = await run("git", ["rev-parse", "--short=12", "HEAD"], {});
  if (commit.status !== 0) return `netpost-monitoring@${version}`;
  const changed = await run("git", ["status", "--porcelain", "--untracked-files=no"], {});
  const suffix = changed.output.trim() === "" ? "" : ".changed";
  return `netpost-monitoring@${version}+${commit.output.trim()}${suffix}`;
}

/** Whether source maps are to be uploaded; null: they are, else the settings that are missing. */
export function uploadOffBecause(environment: NodeJS.ProcessEnv): string | null {
  const missing = sourceMapSettings.filter((name) => (environment[name] ?? "") === "");
  return missing.length === 0 ? null : `${missing.join(", ")} not set`;
}

/**
 * Bundles a Worker as `wrangler deploy` does, byte for byte, and uploads the bundle with its source
 * map. Better before the deployment: Sentry applies a map to errors that come after it. Where the
 * deployment itself left its bundle (`--outdir`), `uploadFolder` is enough.
 *
 * @param configPath default: the project's wrangler.toml
 */
export async function uploadSourceMaps(
  worker: WorkerName,
  release: string,
  environment: NodeJS.ProcessEnv,
  configPath = `${root}wrangler.toml`,
): Promise<UploadOutcome> {
  const because = uploadOffBecause(environment);
  if (because !== null) return { kind: "off", because };
  const folder = mkdtempSync(join(tmpdir(), "netpost-source-maps-"));
  try {
    const args = ["deploy", "--env", worker, "--dry-run", "--outdir", folder];
    const bundled = await run(process.execPath, [wrangler, ...args, "--config", configPath], {
      ...environment,
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_SEND_ERROR_REPORTS: "false",
      WRANGLER_HIDE_BANNER: "true",
      WRANGLER_WRITE_LOGS: "false",
    });
    if (bundled.status !== 0) {
      return { kind: "failed", reason: `bundling ${worker}: ${lastLine(bundled.output)}` };
    }
    return await uploadFolder(folder, worker, release, environment);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Uploads the bundles in a folder, with the source maps beside them. */
export async function uploadFolder(
  folder: string,
  worker: WorkerName,
  release: string,
  environment: NodeJS.ProcessEnv,
): Promise<UploadOutcome> {
  const args = ["sourcemaps", "upload", "--release", release, "--dist", worker];
  const uploaded = await run(sentryCli, [...args, "--url-prefix", "app:///", "--strict", folder], {
    PATH: environment["PATH"],
    HOME: environment["HOME"],
    ...pick(environment, [...sourceMapSettings, "SENTRY_URL"]),
    // sentry-cli's own name of it. The token is in its environment, not in the list of processes.
    SENTRY_PROJECT: environment["SENTRY_PROJECT_BACKEND"],
    SENTRY_DISABLE_UPDATE_CHECK: "1",
    SENTRY_HTTP_MAX_RETRIES: "2",
  });
  if (uploaded.status === 0) return { kind: "uploaded", said: uploaded.output.trim() };
  return { kind: "failed", reason: `sentry-cli: ${errorOf(uploaded.output)}` };
}

function pick(environment: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  );
}

/** What sentry-cli marks as an error, with its cause. */
function errorOf(output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  const from = lines.findIndex((line) => /^error:/i.test(line));
  if (from < 0) return lastLine(output);
  const said = lines.slice(from).filter((line) => line !== "" && !/^Add --log-level/.test(line));
  return said
    .slice(0, 3)
    .join(" ")
    .replace(/^error:\s*/i, "");
}

function lastLine(output: string): string {
  return output.trim().split("\n").at(-1)?.trim() || "it failed silently";
}

type Ended = { readonly status: number; readonly output: string };

function run(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve) => {
    const options = {
      cwd: root,
      env: Object.keys(env).length === 0 ? process.env : env,
      timeout: timeoutMs,
      maxBuffer: 64 * 1024 * 1024,
    };
    execFile(file, [...args], options, (error, stdout, stderr) => {
      const output = stripVTControlCharacters(`${stdout}${stderr}`);
      if (error === null) resolve({ status: 0, output });
      else resolve({ status: 1, output: output.trim() === "" ? error.message : output });
    });
  });
}
