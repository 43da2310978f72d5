import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundleModule } from "../runtime/bundle.ts";
import { connectControl } from "../runtime/control-client.ts";
import { type DataFolder, openDataFolder, runningControl } from "../runtime/data-folder.ts";
import { RuntimeError } from "../runtime/errors.ts";
import { type Project, readProject, shown } from "../runtime/project.ts";
import { loadToolchain, type Toolchain } from "../runtime/toolchain.ts";
import { CONTROL, controlWorkerOptions } from "../runtime/worker-options.ts";
import { startWorkerd } from "../runtime/workerd.ts";
import { d1OverBatch } from "./d1-over-batch.ts";
import { DatabaseError, type OpenDatabase, requireMigrated } from "./database.ts";

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
    return await startDatabase(toolchain, project, await openDataFolder(dataDir));
  } catch (error) {
    if (!(error instanceof RuntimeError) || error.code !== "data-folder-in-use") throw error;
    const running = runningControl(dataDir);
    if (running === undefined) throw error;
    const control = connectControl(new URL(running.url), running.token);
    return { db: d1OverBatch(control.batch), close: async () => {} };
  }
}

/** Runs a workerd that holds nothing but the database of a data folder; closing ends it. */
async function startDatabase(
  toolchain: Toolchain,
  project: Project,
  folder: DataFolder,
): Promise<OpenDatabase> {
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
    const control = connectControl(await workerd.urlOf(CONTROL), token);
    const close = async () => {
      await workerd.stop();
      folder.close();
    };
    return { db: d1OverBatch(control.batch), close };
  } catch (error) {
    folder.close();
    throw error;
  }
}
