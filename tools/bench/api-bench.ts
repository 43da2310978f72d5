/** npm run bench -- api: what the status document costs, made anew, kept, and known to the asker. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type Runtime, startRuntime } from "../runtime/index.ts";
import { countsPath, modeHeader } from "./api-modes.ts";
import { databaseOptions, readBenchArguments, whole } from "./arguments.ts";
import { buildIn, builtBefore } from "./read-bench.ts";

const help = `npm run bench -- api [--days 90] [--monitors 100] [--seconds 5] [--data <folder>]

Builds a database as "read" does, then asks the real api in workerd for /api/status, eight requests
at a time: made anew each time, kept by the instance (as shipped), and with the ETag of the last
answer. Prints requests per second, statements and rows read as D1 counts them. Quote the ratio:
requests per second depend on the machine, and here the asker takes its share of it.

Exit code 1 when a conditional request reads more than the version (1 statement, 3 rows), or what is
kept reads more than that.

  --days, --monitors  size of the database                      (default 90, 100)
  --seconds           for which each is asked                   (default 5)
  --data              keeps the database in this folder, and uses it again
                      where it was built with the same options  (default: a temporary one)
  --help              this text`;

const optionsSchema = z.object({ ...databaseOptions, seconds: whole(1, 20).prefault("5") });

const configPath = fileURLToPath(new URL("./api-wrangler.toml", import.meta.url));
/** Enough for the days before the present whose single results the document looks at. */
const rawDays = 3;
const atOnce = 8;
const countsSchema = z.object({ statements: z.int(), rowsRead: z.int() });

/** A way of asking. */
interface Way {
  readonly name: string;
  readonly mode: "made" | "kept" | "new";
  readonly conditional: boolean;
}

interface Figures {
  readonly way: Way;
  /** Null where it is not timed: the bench itself makes what it would measure. */
  readonly perSecond: number | null;
  readonly statements: number;
  readonly rowsRead: number;
  readonly bytes: number;
}

const ways: readonly Way[] = [
  { name: "made anew", mode: "made", conditional: false },
  { name: "kept", mode: "kept", conditional: false },
  { name: "kept, conditional", mode: "kept", conditional: true },
  { name: "new instance", mode: "new", conditional: false },
  { name: "new instance, conditional", mode: "new", conditional: true },
];

/**
 * @param args what follows the word "api"
 * @returns the exit code
 */
export async function runApi(args: readonly string[]): Promise<number> {
  const read = readBenchArguments(optionsSchema, args);
  if (read.kind === "mistake") {
    console.error(`bench: ${read.message}`);
    return 2;
  }
  if (read.kind === "help") {
    console.log(help);
    return 0;
  }
  const { seconds, data, ...size } = read.options;
  const dataDir = data ?? (await mkdtemp(join(tmpdir(), "netpost-bench-")));
  const progress = (line: string) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line} `);
  };
  try {
    const wanted = { ...size, rawDays, dataDir: data };
    if (builtBefore(dataDir, wanted) === null) await buildIn(dataDir, wanted, progress);
    const runtime = await startRuntime({ rateLimits: false, configPath, dataDir });
    try {
      const figures: Figures[] = [];
      for (const way of ways) {
        progress(`asking: ${way.name}`);
        figures.push(await measure(runtime, way, seconds));
      }
      progress("");
      return print(figures, size);
    } finally {
      await runtime.stop();
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(`bench: ${message.split("\n", 1)[0]}`);
    return 1;
  } finally {
    if (data === null) await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure({ apiUrl }: Runtime, way: Way, seconds: number): Promise<Figures> {
  const { mode, conditional } = way;
  const ask = async (tag: string | null) => {
    const headers = { [modeHeader]: mode, ...(tag === null ? {} : { "If-None-Match": tag }) };
    const response = await fetch(`${apiUrl}/api/status`, { headers });
    const bytes = (await response.arrayBuffer()).byteLength;
    if (response.status !== (tag === null ? 200 : 304)) {
      throw new Error(`/api/status, ${way.name}, answered ${response.status}`);
    }
    return { bytes, tag: response.headers.get("ETag") };
  };
  const counts = async () =>
    countsSchema.parse(await (await fetch(`${apiUrl}${countsPath}`)).json());
  const first = await ask(null);
  const tag = conditional ? first.tag : null;
  const single = mode === "new" || mode === "made";
  await counts();
  if (mode === "new") {
    const { bytes } = await ask(tag);
    return { way, perSecond: null, ...(await counts()), bytes };
  }
  const startedAt = performance.now();
  let [answers, bytes] = [0, 0];
  const work = async () => {
    while (performance.now() - startedAt < seconds * 1000) {
      ({ bytes } = await ask(tag));
      answers += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const perSecond = (answers * 1000) / (performance.now() - startedAt);
  const { statements, rowsRead } = await counts();
  const of = (count: number) => (single ? Math.round(count / answers) : count / answers);
  return { way, perSecond, statements: of(statements), rowsRead: of(rowsRead), bytes };
}

function print(figures: readonly Figures[], size: { days: number; monitors: number }): number {
  const base = figures[0]?.perSecond ?? 1;
  console.log(`/api/status of ${size.monitors} monitors × 3 regions, ${size.days} days\n`);
  const head = ["", "requests/s", "ratio", "statements", "rows read", "bytes"];
  const rows = figures.map(({ way, perSecond, statements, rowsRead, bytes }) => [
    way.name,
    perSecond === null ? "–" : perSecond.toFixed(0),
    perSecond === null ? "–" : (perSecond / base).toFixed(1),
    shortly(statements),
    shortly(rowsRead),
    String(bytes),
  ]);
  for (const [name = "", ...cells] of [head, ...rows]) {
    console.log(`  ${name.padEnd(26)}${cells.map((cell) => cell.padStart(12)).join("")}`);
  }
  const broken = figures.filter(
    ({ way, statements, rowsRead }) => way.mode !== "made" && (statements > 1 || rowsRead > 3),
  );
  for (const { way } of broken) console.error(`bench: ${way.name}: reads more than the version`);
  return broken.length === 0 ? 0 : 1;
}

function shortly(count: number): string {
  return Number.isInteger(count) ? String(count) : count.toFixed(3);
}
