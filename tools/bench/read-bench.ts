/** Builds a long time of checks, and asks the real api what it costs to read of it. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type Runtime, startRuntime } from "../runtime/index.ts";
import { cpuMs, median } from "./cpu.ts";
import type { ReadOptions } from "./read-arguments.ts";
import { type Built, build } from "./read-build.ts";
import { openFile } from "./read-database.ts";
import { type Weight, weigh } from "./read-growth.ts";
import { scansOf, tablesIn } from "./read-plans.ts";
import {
  type Bound,
  boundsOf,
  emptiness,
  type Question,
  questionsFor,
  type Sizes,
} from "./read-questions.ts";
import { type Sent, sentSchema, statementsPath } from "./read-statements.ts";
import { regions } from "./read-world.ts";

/** What a question came to. */
export interface Answered {
  readonly question: Question;
  readonly statements: number;
  readonly rowsRead: number;
  /** By what is read: a table, or several in one statement. */
  readonly readOf: ReadonlyMap<string, number>;
  readonly bytes: number;
  /** Of the first time, and in the middle of the repetitions. */
  readonly firstMs: number;
  readonly medianMs: number;
  /** Of workerd, the database included; per repetition. */
  readonly cpuMs: number;
  readonly bounds: readonly Bound[];
}

/** All that the bench found. */
export interface ReadFigures {
  readonly built: Built;
  /** Whether an earlier run had built it. */
  readonly again: boolean;
  readonly sizes: Sizes;
  readonly answered: readonly Answered[];
  /** Statements that differ, all looked at. */
  readonly statements: number;
  /** What is wrong, a line each. */
  readonly faults: readonly string[];
  readonly weights: readonly Weight[];
}

const configPath = fileURLToPath(new URL("./read-wrangler.toml", import.meta.url));
const repetitions = 5;
const noteSchema = z.object({
  days: z.int(),
  monitors: z.int(),
  rawDays: z.union([z.int(), z.literal("all")]),
  results: z.int(),
  rawResults: z.int(),
  seconds: z.number(),
}) satisfies z.ZodType<Built>;

/**
 * Builds and asks.
 *
 * @param progress told what is being done
 * @throws Error where the folder holds something else, or an answer is none
 */
export async function benchRead(
  options: ReadOptions,
  progress: (line: string) => void,
): Promise<ReadFigures> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "netpost-bench-")));
  try {
    const before = builtBefore(dataDir, options);
    const built = before ?? (await buildIn(dataDir, options, progress));
    const token = randomBytes(24).toString("hex");
    const vars = { api: { ADMIN_TOKEN: token } };
    const runtime = await startRuntime({ rateLimits: false, configPath, dataDir, vars });
    try {
      const asked = await askAll(runtime, built, token, progress);
      const file = runtime.databaseFile();
      await runtime.stop();
      progress("weighing the tables");
      return { built, again: before !== null, ...asked, weights: weigh(file) };
    } finally {
      await runtime.stop();
    }
  } finally {
    if (options.dataDir === null) await rm(dataDir, { recursive: true, force: true });
  }
}

function noteIn(dataDir: string): string {
  return join(dataDir, "read-bench.json");
}

/** What an earlier run has built in a folder; null: nothing. @throws Error where it is another */
export function builtBefore(
  dataDir: string,
  { days, monitors, rawDays }: ReadOptions,
): Built | null {
  const note = noteIn(dataDir);
  if (!existsSync(note)) return null;
  const built = noteSchema.parse(JSON.parse(readFileSync(note, "utf8")));
  const same =
    built.days === days && built.monitors === monitors && String(built.rawDays) === String(rawDays);
  if (same) return built;
  const { days: d, monitors: m, rawDays: r } = built;
  throw new Error(
    `--data: the folder was built with --days ${d} --monitors ${m} --raw ${r}; say so, or name another`,
  );
}

/** Builds in a folder. */
export async function buildIn(
  dataDir: string,
  options: ReadOptions,
  progress: (line: string) => void,
): Promise<Built> {
  const runtime = await startRuntime({ rateLimits: false, configPath, dataDir });
  const file = runtime.databaseFile();
  await runtime.stop();
  const opened = openFile(file);
  try {
    const { days, monitors, rawDays } = options;
    const built = await build(opened.db, { days, monitors, rawDays }, (done) =>
      progress(`${done} of ${days} days built`),
    );
    if (options.dataDir !== null) writeFileSync(noteIn(dataDir), JSON.stringify(built));
    return built;
  } finally {
    opened.close();
  }
}

async function askAll(
  runtime: Runtime,
  built: Built,
  token: string,
  progress: (line: string) => void,
): Promise<Pick<ReadFigures, "sizes" | "answered" | "statements" | "faults">> {
  const { days, monitors } = built;
  const changes = await runtime.query("SELECT at FROM transitions");
  const transitions = z
    .array(z.object({ at: z.int() }))
    .parse(changes.rows)
    .map(({ at }) => at);
  const sizes = { monitors, regions: regions.length, days, transitions };
  const tables = await tableNames(runtime);
  const answered: Answered[] = [];
  const faults: string[] = [];
  const seen = new Map<string, Sent>();
  for (const question of questionsFor(sizes)) {
    progress(`asking: ${question.name.trim()}`);
    const answer = await ask(runtime, token, question, sizes, tables);
    answered.push(answer.answered);
    faults.push(...answer.faults);
    for (const sent of answer.sent) seen.set(sent.sql.replace(/VALUES .*/s, ""), sent);
  }
  for (const sent of seen.values()) {
    const plan = await planOf(runtime, sent);
    const scans = scansOf(sent.sql, plan, tables);
    faults.push(...scans.map((scan) => `${scan}: ${oneLine(sent.sql)}`));
  }
  return { sizes, answered, statements: seen.size, faults };
}

async function ask(
  runtime: Runtime,
  token: string,
  question: Question,
  sizes: Sizes,
  tables: readonly string[],
) {
  const faults: string[] = [];
  const bounds: Bound[] = [];
  const sent: Sent[] = [];
  const get = async (path: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${runtime.apiUrl}${path}`, { headers });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text}`);
    return text;
  };
  const statements = async () => z.array(sentSchema).parse(JSON.parse(await get(statementsPath)));
  await statements();
  let [bytes, firstMs] = [0, 0];
  for (const path of question.paths) {
    const startedAt = performance.now();
    const text = await get(path);
    firstMs += performance.now() - startedAt;
    bytes += Buffer.byteLength(text);
    const empty = emptiness(path, text, sizes);
    if (empty !== null) faults.push(`${path}: ${empty}`);
    const own = await statements();
    sent.push(...own);
    bounds.push(...boundsOf(path, own, sizes));
  }
  faults.push(
    ...bounds
      .filter(({ read, most }) => read > most)
      .map(({ what, read, most }) => `${question.name.trim()}: ${what}: ${read} of ${most}`),
  );
  const times: number[] = [];
  const cpuBefore = cpuMs(runtime.pid);
  for (let index = 0; index < repetitions; index += 1) {
    const startedAt = performance.now();
    for (const path of question.paths) await get(path);
    times.push(performance.now() - startedAt);
  }
  const cpu = (cpuMs(runtime.pid) - cpuBefore) / repetitions;
  const readOf = new Map<string, number>();
  for (const { sql, rowsRead } of sent) {
    const what = tablesIn(sql, tables).join(" + ") || "nothing";
    readOf.set(what, (readOf.get(what) ?? 0) + rowsRead);
  }
  const answered: Answered = {
    question,
    statements: sent.length,
    rowsRead: sent.reduce((sum, { rowsRead }) => sum + rowsRead, 0),
    readOf,
    bytes,
    firstMs,
    medianMs: median(times),
    cpuMs: cpu,
    bounds,
  };
  return { answered, faults, sent };
}

async function tableNames(runtime: Runtime): Promise<string[]> {
  const { rows } = await runtime.query("SELECT name FROM sqlite_schema WHERE type = 'table'");
  return z
    .array(z.object({ name: z.string() }))
    .parse(rows)
    .map(({ name }) => name);
}

async function planOf(runtime: Runtime, { sql, values }: Sent): Promise<string[]> {
  const { rows } = await runtime.query(`EXPLAIN QUERY PLAN ${sql}`, ...values);
  return z
    .array(z.object({ detail: z.string() }))
    .parse(rows)
    .map(({ detail }) => detail);
}

function oneLine(sql: string): string {
  const line = sql.replace(/\s+/g, " ").trim();
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
