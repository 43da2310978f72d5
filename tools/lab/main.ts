import { help, type LabArguments, readArguments } from "./arguments.ts";
import { number, promisesOf } from "./simulation/promises.ts";
import {
  jobTable,
  policyLegend,
  policyTable,
  promiseLines,
  scriptedTable,
} from "./simulation/report.ts";
import { simulate } from "./simulation/simulate.ts";

type Asked<Part extends LabArguments["part"]> = Extract<LabArguments, { part: Part }>;

async function main(): Promise<number> {
  const read = readArguments(process.argv.slice(2));
  if (read.kind === "help") {
    console.log(help);
    return 0;
  }
  if (read.kind === "mistake") {
    console.error(`lab: ${read.message}`);
    return 2;
  }
  if (read.arguments.part === "simulated") return runSimulated(read.arguments);
  // Imported only here: wrangler and workerd are slow to load.
  const { runReal } = await import("./real/run-real.ts");
  return (await runReal(read.arguments, console.log)) ? 0 : 1;
}

function runSimulated({ seed, until, policies }: Asked<"simulated">): number {
  const startedAt = performance.now();
  let shownAt = 0;
  const progress = (checks: number, days: number) => {
    if (!process.stderr.isTTY || performance.now() - shownAt < 200) return;
    shownAt = performance.now();
    process.stderr.write(`\r${number(checks)} checks in ${days} days `);
  };
  const simulation = simulate({ seed, until, policies, progress });
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  const place = Math.max(
    0,
    policies.findIndex(({ name }) => name === "majority/1"),
  );
  const checks = simulation.random.scores[0]?.checks ?? 0;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const days = `${simulation.days} ${simulation.days === 1 ? "day" : "days"}`;
  console.log(`The pipeline on a simulated clock, three regions, seed ${seed}\n`);
  console.log(`Scripted faults, policy ${policies[place]?.name}`);
  console.log(indent(scriptedTable(simulation, place)));
  console.log(
    `\nRandom faults, ${days} of simulated time, ${number(checks)} checks for each policy`,
  );
  console.log(indent(policyTable(simulation, policies)));
  console.log(`\n${indent(policyLegend.split("\n"))}`);
  console.log(`\nNetPost's own jobs, which call in: three of them, on as many days`);
  console.log(indent(jobTable(simulation)));
  const promises = promisesOf(simulation, policies);
  if (promises.length === 0)
    console.log("\nPromises are made of majority/1 and round-robin/1, which were not run.");
  else {
    console.log(`\nPromises, in both parts`);
    console.log(indent(promiseLines(promises)));
  }
  console.log(`\nTook ${seconds} s.`);
  return promises.every(({ kept }) => kept) ? 0 : 1;
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join("\n");
}

process.exitCode = await main();
