import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { bundleModule } from "../runtime/bundle.ts";
import { type Control, connectControl } from "../runtime/control-client.ts";
import { type DataFolder, openDataFolder } from "../runtime/data-folder.ts";
import { RuntimeError } from "../runtime/errors.ts";
import { type Project, readProject, shown } from "../runtime/project.ts";
import { loadToolchain, type Toolchain } from "../runtime/toolchain.ts";
import { CONTROL, controlWorkerOptions } from "../runtime/worker-options.ts";
import { startWorkerd } from "../runtime/workerd.ts";
import { DatabaseError, type OpenDatabase, requireMigrated } from "./database.ts";
import { d1OverBatch } from "./d1-over-batch.ts";

const PROJECT_CONFIG = fileURLToPath(new URL("../../wrangler.toml", import.meta.url));
const CONTROL_WORKER = fileURLToPath(new URL("../runtime/control-worker.ts", import.meta.url));

/**
 * Opens the D1 of `npm start`: through the `npm start` that runs on the data folder, or, when none
 * does, through a workerd of its own. Never two on the same files: workerd waits for no lock, so
 * one of two that write at once fails, and that may be a tick.
 *
 * @throws DatabaseError, RuntimeError with a message for people.
 */
export async function openLocalDatabase(dataDir: string): Promise<OpenDatabase> {
  const name = `The local database in ${shown(dataDir)}`;
  if (!existsSync(dataDir)) {
    throw new DatabaseError(`${name} does not exist yet. Run npm start, which makes it.`);
  }
  const toolchain = loadToolchain();
  const project = readProject(toolchain, PROJECT_CONFIG);
  const opened = await connectOrStart(toolchain, project, dataDir);
  const remedy = "Run npm start (again), which applies what is missing";
  return requireMigrated(opened, project, { name, remedy });
}

async function connectOrStart(
  toolchain: Toolchain,
  project: Project,
  dataDir: string,
): Promise<OpenDatabase> {
  try {
    const folder = await openDataFolder(dataDir);
    const { control, stop } = await startDatabase(toolchain, project, folder);
    return { db: d1OverBatch(control.batch), close: stop };
  } catch (error) {
    if (!(error instanceof RuntimeError) || error.code !== "data-folder-in-use") throw error;
    const running = readRunning(dataDir);
    if (running === null) throw error;
    const control = connectControl(new URL(running.url), running.token);
    return { db: d1OverBatch(control.batch), close: async () => {} };
  }
}

/**
 * Runs a workerd that holds nothing but the database of a data folder.
 *
 * @returns how to reach it; `stop` ends it and frees the folder
 */
export async function startDatabase(
  toolchain: Toolchain,
  project: Project,
  folder: DataFolder,
): Promise<{ control: Control; url: string; token: string; stop: () => Promise<void> }> {
  const token = randomBytes(24).toString("hex");
  try {
    const code = await bundleModule(toolchain, CONTROL_WORKER);
    const workerd = await startWorkerd(toolchain, {
      workers: [controlWorkerOptions(project, code, token)],
      stateFolder: folder.stateFolder,
      temporaryFolder: folder.temporaryFolder,
      onSpawn: (pid) => folder.noteRunning(pid),
      onOutput: () => {},
    });
    const url = await workerd.urlOf(CONTROL);
    const stop = async () => {
      await workerd.stop();
      folder.close();
    };
    return { control: connectControl(url, token), url: url.href, token, stop };
  } catch (error) {
    folder.close();
    throw error;
  }
}

const runningSchema = z.object({ control: z.object({ url: z.url(), token: z.string() }) });

/** How to reach the database of who runs on a data folder, if that is written there. */
function readRunning(dataDir: string): { url: string; token: string } | null {
  try {
    const note: unknown = JSON.parse(readFileSync(join(dataDir, "running.json"), "utf8"));
    return runningSchema.parse(note).control;
  } catch {
    return null;
  }
}
