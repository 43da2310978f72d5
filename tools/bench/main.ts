import { parseArgs } from "node:util";
import { z } from "zod";
import { runApi } from "./api-bench.ts";
import { benchHang } from "./hang-bench.ts";
import { printHang } from "./hang-report.ts";
import { runRead } from "./read.ts";
import { benchTick, type TickFigures } from "./tick-bench.ts";
import { benchUpkeep, printUpkeep } from "./upkeep-bench.ts";

const help = `npm run bench -- [--monitors 100,1000] [--ticks 8]
npm run bench -- hang [--monitors 1000] [--ticks 3]
npm run bench -- upkeep [--monitors 100,1000]
npm run bench -- read   (see npm run bench -- read --help)
npm run bench -- api    (see npm run bench -- api --help)

Runs the real tick in workerd against a server on this machine and prints what a probe costs,
beside a bare loop of as many fetches and one insert in the same run. Linux only (it reads CPU
time from /proc). Quote the ratio: times depend on the machine.

With "hang" every target takes the request and never answers, as the product's defaults meet it, in
real time: what a tick takes, and after how many each monitor has an outage. Exit code 1 when a
tick overruns its minute or an outage comes later than in the second tick.

With "upkeep" ticks roll up an old hour of results and delete it while they probe: rows read and
written for each result, and how long that holds up a tick.

With "read" it builds 90 days of checks and prints what the api reads to answer from them, and what
the database weighs. Exit code 1 when an answer reads more than is promised.

With "api" it asks for the status document of such a database again and again: requests per second
and rows read where it is made anew, where it is kept, and where the asker has it.

  --monitors  plan sizes, each in three regions  (default 100,1000; hang: 1000)
  --ticks     ticks counted for each size        (default 8; hang: 3)
  --help      this text`;

const optionsSchema = z.object({
  monitors: z
    .string()
    .transform((list) => list.split(",").map(Number))
    .pipe(z.array(z.int().min(1).max(5000))),
  ticks: z.coerce.number().pipe(z.int().min(1).max(100)),
});

async function main(): Promise<number> {
  if (process.argv[2] === "read") return runRead(process.argv.slice(3));
  if (process.argv[2] === "api") return runApi(process.argv.slice(3));
  let values: { monitors?: string; ticks?: string; help?: boolean };
  let positionals: string[];
  try {
    ({ values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        monitors: { type: "string" },
        ticks: { type: "string" },
        help: { type: "boolean" },
      },
    }));
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    return 2;
  }
  if (values.help) {
    console.log(help);
    return 0;
  }
  const isHang = positionals[0] === "hang";
  const isUpkeep = positionals[0] === "upkeep";
  const unknown = positionals[isHang || isUpkeep ? 1 : 0];
  if (unknown !== undefined) {
    console.error(
      `bench: no such bench: ${unknown}; allowed: hang, upkeep, read, api, or none (see --help)`,
    );
    return 2;
  }
  const options = optionsSchema.safeParse({
    monitors: values.monitors ?? (isHang ? "1000" : "100,1000"),
    ticks: values.ticks ?? (isHang ? "3" : "8"),
  });
  if (!options.success) {
    const [issue] = options.error.issues;
    console.error(`bench: --${issue?.path[0]?.toString()}: ${issue?.message}`);
    return 2;
  }
  const { monitors, ticks } = options.data;
  if (isHang) return runHang(monitors, ticks);
  if (isUpkeep) return runUpkeep(monitors);
  for (const size of monitors) {
    const figures = await benchTick(size, ticks, (done, of) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${size} monitors: tick ${done} of ${of} `);
    });
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
    print(figures);
  }
  return 0;
}

async function runUpkeep(sizes: readonly number[]): Promise<number> {
  for (const size of sizes) {
    const figures = await benchUpkeep(size, (tick) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${size} monitors: tick ${tick} `);
    });
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
    printUpkeep(figures);
  }
  return 0;
}

async function runHang(sizes: readonly number[], ticks: number): Promise<number> {
  let isKept = true;
  for (const size of sizes) {
    const figures = await benchHang(size, ticks, (line) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${size} monitors: ${line} `);
    });
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
    isKept = printHang(figures) && isKept;
  }
  return isKept ? 0 : 1;
}

function print(figures: TickFigures): void {
  const rows: readonly (readonly [string, string])[] = [
    ["slowest tick", `${figures.slowestTickSeconds.toFixed(2)} s of 60 s`],
    ["CPU per probe, tick", `${figures.tickCpuMsPerProbe.toFixed(3)} ms`],
    ["CPU per probe, bare loop", `${figures.bareCpuMsPerProbe.toFixed(3)} ms`],
    ["ratio", figures.ratio.toFixed(2)],
    ["rows written per result", figures.rowsWrittenPerResult.toFixed(3)],
    ["rows read per result", figures.rowsReadPerResult.toFixed(3)],
    ["bytes per result on disk", figures.bytesPerResult.toFixed(1)],
  ];
  const { monitors, results, ticks } = figures;
  console.log(`\n${monitors} monitors × 3 regions = ${results} results a tick, ${ticks} ticks`);
  for (const [name, value] of rows) console.log(`  ${name.padEnd(26)}${value.padStart(16)}`);
}

process.exitCode = await main();
