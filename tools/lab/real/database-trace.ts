import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Runtime } from "../../runtime/index.ts";
import { startStandIn } from "../../stand-in/index.ts";
import {
  applyTraceConfig,
  readRecord,
  setMinuteFaults,
  startTraceRuntime,
  type TraceRecord,
  traceStart,
} from "../kill-trace.ts";

/** How the database is made to fail. */
export type DatabaseTrouble =
  /** Another process holds the file's lock: whoever writes is refused by SQLite. */
  | "locked"
  /** A table is gone: whoever reads or writes the ledger is refused by D1. */
  | "broken";

export interface DatabaseTraceOptions {
  readonly minutes: number;
  /** The minutes without a database; none for an undisturbed run. */
  readonly away?: { readonly from: number; readonly to: number; readonly how: DatabaseTrouble };
}

/** A trace, and how many ticks said that they could not record. */
export interface DatabaseTrace {
  readonly record: TraceRecord;
  readonly ticksWithoutDatabase: number;
}

/** Runs the real Workers through the trace's minutes while D1 itself fails in some of them. */
export async function runDatabaseTrace(options: DatabaseTraceOptions): Promise<DatabaseTrace> {
  const dataDir = await mkdtemp(join(tmpdir(), "netpost-lab-"));
  const standIn = await startStandIn({ seed: 1 });
  let ticksWithoutDatabase = 0;
  const runtime = await startTraceRuntime(dataDir, ({ text }) => {
    if (/"event":"tick".*"outcome":"not-recorded"/.test(text)) ticksWithoutDatabase += 1;
  });
  let mend = async () => {};
  try {
    await applyTraceConfig(runtime, standIn);
    for (let minute = 0; minute < options.minutes; minute += 1) {
      await setMinuteFaults(standIn, minute);
      if (minute === options.away?.from) mend = await breakDatabase(runtime, options.away.how);
      if (minute === options.away?.to) await mend();
      const outcome = await runtime.tick(new Date((traceStart + minute * 60) * 1000));
      if (outcome.outcome !== "ok") throw new Error(`minute ${minute}: ${outcome.outcome}`);
    }
    return { record: await readRecord(runtime), ticksWithoutDatabase };
  } finally {
    await runtime.stop();
    await standIn.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** @returns what mends it again */
async function breakDatabase(runtime: Runtime, how: DatabaseTrouble): Promise<() => Promise<void>> {
  if (how === "broken") {
    await runtime.query("ALTER TABLE ledger RENAME TO away");
    return async () => {
      await runtime.query("ALTER TABLE away RENAME TO ledger");
    };
  }
  const holder = new DatabaseSync(runtime.databaseFile(), { timeout: 2_000 });
  holder.exec("BEGIN IMMEDIATE");
  return async () => {
    holder.exec("ROLLBACK");
    holder.close();
  };
}
