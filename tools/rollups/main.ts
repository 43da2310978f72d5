import { z } from "zod";
import type { Span } from "../../shared/domain/span.ts";
import { readPlan } from "../../shared/storage/plans.ts";
import {
  type Audit,
  auditableWindow,
  auditRollups,
  type Progress,
  remakeRollups,
} from "../../shared/storage/rollup-audit.ts";
import type { OpenDatabase } from "../config/database.ts";
import { type Arguments, help, readArguments } from "./arguments.ts";
import { type Names, renderAudit } from "./render.ts";

const read = readArguments(process.argv.slice(2), process.env);

switch (read.kind) {
  case "help":
    process.stdout.write(`${help}\n`);
    break;
  case "mistake":
    process.stderr.write(`rollups: ${read.message}\n`);
    process.exitCode = 2;
    break;
  case "run":
    try {
      process.exitCode = await run(read.arguments);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      process.stderr.write(`rollups: ${message.split("\n", 1)[0]}\n`);
      process.exitCode = 1;
    }
}

async function run(args: Arguments): Promise<0 | 1> {
  const { db, close } = await openDatabase(args);
  try {
    const now = Math.floor(Date.now() / 1000);
    const { command, from, to } = args;
    const window = await auditableWindow(
      db,
      { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
      now,
    );
    if (window === null) {
      process.stdout.write("No whole hour of results is kept in that time: nothing to compare.\n");
      return 0;
    }
    const audit = await audited(db, command, window);
    process.stdout.write(`${renderAudit(audit, window, await readNames(db))}\n`);
    return audit.differences.length === 0 ? 0 : 1;
  } finally {
    await close();
  }
}

async function audited(
  db: D1Database,
  command: Arguments["command"],
  window: Span,
): Promise<Audit> {
  const plan = await readPlan(db);
  if (command === "verify") return auditRollups(db, plan, window, showing("compared"));
  return remakeRollups(db, plan, window, showing("made"));
}

/** On a terminal one line that changes; elsewhere nothing, so that a log stays short. */
function showing(done: string): Progress {
  return (index, of) => {
    if (!process.stderr.isTTY) return;
    process.stderr.write(index < of ? `\r${index} of ${of} hours and days ${done} ` : "\r\x1b[K");
  };
}

/** Imported only here: wrangler and workerd are slow to load, and --help needs neither. */
async function openDatabase({ remote, dataDir }: Arguments): Promise<OpenDatabase> {
  if (remote) return (await import("../config/remote-database.ts")).openRemoteDatabase();
  return (await import("../config/local-database.ts")).openLocalDatabase(dataDir);
}

async function readNames(db: D1Database): Promise<Names> {
  const rows = z.array(z.object({ number: z.int(), id: z.string() }));
  const [monitors, regions] = await db.batch([
    db.prepare("SELECT number, id FROM monitors"),
    db.prepare("SELECT number, id FROM regions"),
  ]);
  const named = (result: D1Result | undefined) =>
    new Map(rows.parse(result?.results).map(({ number, id }) => [number, id]));
  return { monitors: named(monitors), regions: named(regions) };
}
