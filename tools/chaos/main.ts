import { help, readArguments } from "./arguments.ts";
import type { Evidence, Judgement } from "./evidence.ts";
import { judge } from "./laws.ts";
import { wordsOf } from "./script.ts";

async function main(): Promise<number> {
  const read = readArguments(process.argv.slice(2));
  if (read.kind === "help") {
    console.log(help);
    return 0;
  }
  if (read.kind === "mistake") {
    console.error(`chaos: ${read.message}`);
    return 2;
  }
  const { seconds, seed, verbose } = read;
  console.log(`Chaos for ${seconds} s, seed ${seed}, then rest`);
  const startedAt = performance.now();
  const onEvent = (line: string) => {
    if (verbose) console.log(`  ${line}`);
    else if (process.stderr.isTTY) {
      const passed = Math.round((performance.now() - startedAt) / 1000);
      process.stderr.write(`\r\x1b[K${passed} s  ${line.slice(0, 100)}`);
    }
  };
  // Imported only here: wrangler and workerd are slow to load.
  const { runChaos } = await import("./run-chaos.ts");
  const evidence = await runChaos({ seconds, seed, onEvent });
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  for (const line of summary(evidence)) console.log(line);
  const judgements = judge(evidence);
  for (const line of judgements.flatMap(linesOf)) console.log(line);
  const passed = Math.round((performance.now() - startedAt) / 1000);
  console.log(`\nTook ${passed} s.`);
  return judgements.every(({ kept }) => kept) ? 0 : 1;
}

function summary({ minutes, restFrom }: Evidence): string[] {
  const broken = minutes.filter(({ index }) => index < restFrom);
  const counts = new Map<string, number>();
  const count = (words: string) => counts.set(words, (counts.get(words) ?? 0) + 1);
  for (const { disturbances, cron, killed } of broken) {
    for (const one of disturbances) count(one.kind === "target" ? "target" : wordsOf(one));
    if (cron !== "once") count(`cron ${cron}`);
    if (killed) count("kill -9");
  }
  const jumps = broken.filter(
    ({ index }, at) => index !== (broken[at - 1]?.index ?? index - 1) + 1,
  );
  if (jumps.length > 0) counts.set("clock jumps", jumps.length);
  const list = [...counts].sort(([, a], [, b]) => b - a).map(([words, n]) => `${words} ${n}`);
  return [
    `${minutes.length} minutes, ${restFrom} of them under way; minutes with: ${list.join(", ")}`,
    "",
  ];
}

function linesOf({ law, title, kept, evidence, broken }: Judgement): string[] {
  return [
    `${kept ? "kept  " : "BROKEN"}  ${law}. ${title}`,
    `           ${evidence}`,
    ...broken.slice(0, 8).map((line) => `           ! ${line}`),
    ...(broken.length > 8 ? [`           ! and ${broken.length - 8} more`] : []),
  ];
}

process.exitCode = await main();
