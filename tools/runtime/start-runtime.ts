import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { V4WorkerOptions } from "miniflare";
import { type Bundle, bundleModule, bundleWorker } from "./bundle.ts";
import {
  connectControl,
  type QueryResult,
  type SqlQuery,
  type SqlValue,
  type TickOutcome,
} from "./control-client.ts";
import { type DataFolder, openDataFolder } from "./data-folder.ts";
import { RuntimeError } from "./errors.ts";
import { type LogLine, toLogLine } from "./log-lines.ts";
import { applyMigrations, databaseFileIn, pendingMigrations } from "./migrations.ts";
import { requirePort } from "./port.ts";
import { type Project, readProject, type WorkerKey } from "./project.ts";
import { sourcePositions } from "./source-positions.ts";
import { loadToolchain, type Toolchain } from "./toolchain.ts";
import { CONTROL, controlWorkerOptions, projectWorkerOptions } from "./worker-options.ts";
import { startWorkerd, type Workerd, type WorkerdEnd } from "./workerd.ts";

export type RuntimeOptions = {
  /** The wrangler.toml with `[env.probe]` and `[env.api]`. Default: the project's. */
  readonly configPath?: string;
  /** Where D1 and Durable Objects are kept; made when missing. One runtime at a time. */
  readonly dataDir: string;
  /** Where the api Worker listens. Default: 127.0.0.1. */
  readonly apiHost?: string;
  /** Default: 0, any free port. */
  readonly apiPort?: number;
  /** Vars and secrets, over the file's `[vars]`. Nothing else of the environment is seen. */
  readonly vars?: { readonly [worker in WorkerKey]?: Readonly<Record<string, string>> };
  /** `false`: nothing is counted, for whoever asks more than people do. Default: as the file says. */
  readonly rateLimits?: boolean;
  /** What the Workers and workerd print, as it comes. */
  readonly onLog?: (line: LogLine) => void;
};

export type Runtime = {
  /** The api Worker, without a slash at the end: `http://127.0.0.1:8787`. */
  readonly apiUrl: string;
  /** The process id of workerd. */
  readonly pid: number;
  /** The pid of a workerd that an earlier run had left behind in the data folder; it was ended. */
  readonly endedLeftover: number | undefined;
  /** What was applied at this start, by file name. */
  readonly appliedMigrations: readonly string[];
  /**
   * Resolves when workerd has ended, by `stop` (`expected`) or by itself; never rejects. The data
   * folder is free by then: `startRuntime` with the same options goes on.
   */
  readonly ended: Promise<WorkerdEnd>;
  /**
   * Fires probe's cron handler and waits until it and its `waitUntil` are done. Ticks may overlap.
   * What the handler throws is an outcome (`exception`), and its stack is in the log.
   *
   * @throws RuntimeError `runtime-ended` when workerd dies meanwhile.
   */
  tick(scheduledTime: Date, cron?: string): Promise<TickOutcome>;
  /** One statement on the local D1. @throws RuntimeError `query-failed`, `runtime-ended`. */
  query(sql: string, ...params: SqlValue[]): Promise<QueryResult>;
  /** Several statements in one transaction. @throws RuntimeError as `query`. */
  batch(queries: readonly SqlQuery[]): Promise<readonly QueryResult[]>;
  /** The SQLite file of D1. While workerd runs, what is newest is in `…-wal` beside it. */
  databaseFile(): string;
  /** Ends workerd at once (as a kill does) and frees the data folder. */
  stop(): Promise<void>;
};

/** Cloudflare's own default: what a Worker sees as `controller.cron` of the minute cron. */
const EVERY_MINUTE = "* * * * *";
const PROJECT_CONFIG = fileURLToPath(new URL("../../wrangler.toml", import.meta.url));
const CONTROL_WORKER = fileURLToPath(new URL("./control-worker.ts", import.meta.url));

/**
 * Runs both Workers of a wrangler.toml in one workerd, with their state on disk: bundles them,
 * applies the migrations that are missing, and then opens the api's port.
 *
 * @throws RuntimeError, whose message is one readable line (or a few, for mistakes in code).
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const socket = { host: options.apiHost ?? "127.0.0.1", port: options.apiPort ?? 0 };
  await requirePort(socket.host, socket.port);
  const toolchain = loadToolchain();
  const project = readProject(toolchain, options.configPath ?? PROJECT_CONFIG);
  const build = await buildAll(toolchain, project);
  const folder = await openDataFolder(options.dataDir);
  try {
    const start = { toolchain, project, build, folder, onLog: options.onLog ?? (() => {}) };
    const appliedMigrations = await migrate(start);
    const { workerd, ...serving } = await serve(start, socket, options);
    const ended = workerd.ended.finally(() => folder.close());
    return {
      ...serving,
      pid: workerd.pid,
      endedLeftover: folder.endedLeftover,
      appliedMigrations,
      ended,
      databaseFile: () => databaseFileIn(folder.stateFolder, project.database),
      async stop() {
        await workerd.stop();
        await ended;
      },
    };
  } catch (error) {
    folder.close();
    throw error;
  }
}

type Build = { readonly control: string; readonly probe: Bundle; readonly api: Bundle };

async function buildAll(toolchain: Toolchain, project: Project): Promise<Build> {
  const [control, probe, api] = await Promise.all([
    bundleModule(toolchain, CONTROL_WORKER),
    bundleWorker(toolchain, project.root, project.probe),
    bundleWorker(toolchain, project.root, project.api),
  ]);
  return { control, probe, api };
}

type Start = {
  readonly toolchain: Toolchain;
  readonly project: Project;
  readonly build: Build;
  readonly folder: DataFolder;
  readonly onLog: (line: LogLine) => void;
};

/** In a workerd of its own that has no api yet: no request may meet a half-made schema. */
async function migrate(start: Start): Promise<readonly string[]> {
  const { toolchain, project, build, folder } = start;
  const pending = pendingMigrations(folder.stateFolder, project.database);
  if (pending.length === 0) return [];
  const token = newToken();
  const workerd = await run(start, [controlWorkerOptions(project, build.control, token)]);
  try {
    const control = connectControl(await workerd.urlOf(CONTROL), token);
    await applyMigrations(toolchain, control, project.database, pending);
  } finally {
    await workerd.stop();
  }
  return pending.map(({ name }) => name);
}

async function serve(
  start: Start,
  socket: { readonly host: string; readonly port: number },
  { vars = {}, rateLimits = true }: RuntimeOptions,
): Promise<Pick<Runtime, "apiUrl" | "tick" | "query" | "batch"> & { readonly workerd: Workerd }> {
  const { project, build, folder } = start;
  const { probe, api } = project;
  const token = newToken();
  const workerd = await run(start, [
    controlWorkerOptions(project, build.control, token, probe),
    projectWorkerOptions(project, probe, build.probe, { vars: vars.probe ?? {} }),
    projectWorkerOptions(project, api, build.api, { vars: vars.api ?? {}, socket, rateLimits }),
  ]);
  const controlUrl = await workerd.urlOf(CONTROL);
  const control = connectControl(controlUrl, token);
  const apiUrl = (await workerd.urlOf(api.name)).origin;
  const adminToken = vars.api?.["ADMIN_TOKEN"];
  folder.noteRunning(workerd.pid, { url: controlUrl.href, token }, { url: apiUrl, adminToken });
  return {
    workerd,
    apiUrl,
    tick: (scheduledTime, cron = EVERY_MINUTE) => control.tick(scheduledTime, cron),
    async query(sql, ...params) {
      const [result] = await control.batch([{ sql, params }]);
      if (result === undefined) throw new Error("D1 answered a query without a result");
      return result;
    },
    batch: (queries) => control.batch(queries),
  };
}

async function run(
  { toolchain, build, folder, onLog }: Start,
  workers: readonly V4WorkerOptions[],
): Promise<Workerd> {
  const withSources = sourcePositions({ probe: build.probe.sourceMap, api: build.api.sourceMap });
  try {
    return await startWorkerd(toolchain, {
      workers,
      stateFolder: folder.stateFolder,
      temporaryFolder: folder.temporaryFolder,
      onSpawn: (pid) => folder.noteRunning(pid),
      onOutput: (output) => onLog(toLogLine(output, withSources)),
    });
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    throw new RuntimeError(error.code, withSources(error.message), { cause: error });
  }
}

/** The control Worker runs any SQL; no web page that guesses its port shall reach it. */
function newToken(): string {
  return randomBytes(24).toString("hex");
}
