import { parseArgs } from "node:util";
import { z } from "zod";
import { benchTick, type TickFigures } from "./tick-bench.ts";

const help = `npm run bench -- [--monitors 100,1000] [--ticks 8]

Runs the real tick in workerd against a server on this machine and prints what a probe costs,
beside a bare loop of as many fetches and one insert in the same run. Linux only (it reads CPU
time from /proc). Quote the ratio: times depend on the machine.

  --monitors  plan sizes, each in three regions  (default 100,1000)
  --ticks     ticks counted for each size        (default 8)
  --help      this text`;

const optionsSchema = z.object({
  monitors: z
    .string()
    .transform((list) => list.split(",").map(Number))
    .pipe(z.array(z.int().min(1).max(5000))),
  ticks: z.coerce.number().pipe(z.int().min(1).max(100)),
});

async function main(): Promise<number> {
  let values: { monitors?: string; ticks?: string; help?: boolean };
  try {
    ({ values } = parseArgs({
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
  const options = optionsSchema.safeParse({
    monitors: values.monitors ?? "100,1000",
    ticks: values.ticks ?? "8",
  });
  if (!options.success) {
    const [issue] = options.error.issues;
    console.error(`bench: --${issue?.path[0]?.toString()}: ${issue?.message}`);
    return 2;
  }
  const { monitors, ticks } = options.data;
  for (const size of monitors) {
    const figures = await benchTick(size, ticks, (done, of) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${size} monitors: tick ${done} of ${of} `);
    });
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
    print(figures);
  }
  return 0;
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
