import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { messageOf, RuntimeError } from "./errors.ts";
import { startOfProcess } from "./process-identity.ts";
import { shown } from "./project.ts";

/** How to reach the control Worker of a runtime, see control-client.ts. */
const ControlAddress = z.object({ url: z.url(), token: z.string() });
export type ControlAddress = z.infer<typeof ControlAddress>;

/** Where the api Worker listens, and the key for everything that it was started with. */
const ApiAddress = z.object({ url: z.url(), adminToken: z.string().optional() });
export type ApiAddress = z.infer<typeof ApiAddress>;

/** What a start writes down, for the next start and for other programs that want to join in. */
const RunningNote = z.object({
  ownerPid: z.number().int(),
  workerdPid: z.number().int(),
  workerdStart: z.string(),
  control: ControlAddress.optional(),
  api: ApiAddress.optional(),
});
type RunningNote = z.infer<typeof RunningNote>;

export type DataFolder = {
  /** Where D1 and Durable Objects are stored: what `wrangler … --persist-to <folder>` means. */
  readonly stateFolder: string;
  /** For miniflare's scratch files; emptied at every start. */
  readonly temporaryFolder: string;
  /** The pid of a workerd that an earlier start had left running, and that was ended now. */
  readonly endedLeftover: number | undefined;
  /** Writes down which workerd runs here and, once it is known, how to reach what runs in it. */
  noteRunning(workerdPid: number, control?: ControlAddress, api?: ApiAddress): void;
  /** Gives the folder free for the next start. */
  close(): void;
};

/** @returns How to reach the runtime that runs on a data folder; undefined when none is ready. */
export function runningControl(path: string): ControlAddress | undefined {
  return runningNote(path)?.control;
}

/** @returns How to ask the api that runs on a data folder; undefined when none is ready. */
export function runningApi(path: string): ApiAddress | undefined {
  return runningNote(path)?.api;
}

function runningNote(path: string): RunningNote | undefined {
  const note = readNote(noteFileIn(path));
  const runs = note !== undefined && startOfProcess(note.workerdPid) === note.workerdStart;
  return runs ? note : undefined;
}

/**
 * Takes a data folder for this process alone, and ends a workerd that was left over in it.
 *
 * The lock is SQLite's: the kernel drops it however we die, so no start meets a stale one.
 *
 * @throws RuntimeError `data-folder-in-use`, `data-folder-unusable`.
 */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const folder = resolve(path);
  const noteFile = noteFileIn(folder);
  const temporaryFolder = join(folder, "tmp");
  const lock = takeLock(folder, noteFile);
  try {
    const endedLeftover = await endLeftover(readNote(noteFile));
    rmSync(noteFile, { force: true });
    rmSync(temporaryFolder, { recursive: true, force: true });
    mkdirSync(temporaryFolder, { recursive: true });
    return {
      stateFolder: join(folder, "v3"),
      temporaryFolder,
      endedLeftover,
      noteRunning(workerdPid, control, api) {
        const workerdStart = startOfProcess(workerdPid) ?? "";
        const note: RunningNote = { ownerPid: process.pid, workerdPid, workerdStart, control, api };
        // The token in it lets its reader run any SQL here, and the key in it change everything.
        writeFileSync(noteFile, `${JSON.stringify(note)}\n`, { mode: 0o600 });
      },
      close() {
        rmSync(noteFile, { force: true });
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

const SQLITE_BUSY = 5;

function takeLock(folder: string, noteFile: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    lock = new DatabaseSync(join(folder, "lock.sqlite"), { timeout: 0 });
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (cause) {
    lock?.close();
    const busy = cause instanceof Error && "errcode" in cause && cause.errcode === SQLITE_BUSY;
    if (!busy) {
      const message = `The data folder ${shown(folder)} cannot be used: ${messageOf(cause)}.`;
      throw new RuntimeError("data-folder-unusable", message, { cause });
    }
    const owner = readNote(noteFile)?.ownerPid;
    const by = owner === undefined ? "another process" : `process ${owner}`;
    throw new RuntimeError(
      "data-folder-in-use",
      `The data folder ${shown(folder)} is in use by ${by}. Stop it, or choose another folder.`,
    );
  }
}

function noteFileIn(folder: string): string {
  return join(folder, "running.json");
}

function readNote(file: string): RunningNote | undefined {
  try {
    return RunningNote.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}

/** Two workerds on one database would corrupt what both remember of it, so the old one must end. */
async function endLeftover(note: RunningNote | undefined): Promise<number | undefined> {
  if (note === undefined) return undefined;
  const { workerdPid: pid, workerdStart } = note;
  const runs = () => startOfProcess(pid) === workerdStart;
  if (!runs()) return undefined;
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended just now, or is not ours to end; which of them shows below.
  }
  for (let waits = 0; waits < 200; waits++) {
    if (!runs()) return pid;
    await sleep(10);
  }
  const message = `workerd (process ${pid}) of an earlier start still runs and cannot be ended.`;
  throw new RuntimeError("data-folder-in-use", message);
}
