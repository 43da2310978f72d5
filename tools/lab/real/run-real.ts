import { runKillTrace } from "../kill-trace.ts";
import { table } from "../simulation/report.ts";
import { runDatabaseTrace } from "./database-trace.ts";
import { type Differences, differencesOf, isSame } from "./differences.ts";
import { runFaultTrace } from "./fault-trace.ts";
import { runMixedTrace } from "./mixed-trace.ts";

export interface RealOptions {
  readonly seed: number;
  readonly kills: number;
  readonly minutes: number;
}

const databaseMinutes = 16;
const away = { from: 3, to: 13 };

/**
 * Runs the real Workers in workerd against the stand-in, and prints what was seen against what is
 * promised.
 *
 * @param print takes one line
 * @returns whether every promise was kept
 */
export async function runReal(options: RealOptions, print: (line: string) => void) {
  const { seed, kills, minutes } = options;
  let kept = true;
  const judge = (isKept: boolean, line: string, details: readonly string[] = []) => {
    kept &&= isKept;
    print(`  ${isKept ? "kept  " : "BROKEN"}  ${line}`);
    for (const detail of details.slice(0, 5)) print(`          ${detail}`);
  };
  print("The real Workers in workerd, against the stand-in\n");

  print("Faults of the target, each for two minutes");
  const outcomes = await runFaultTrace();
  const rows = outcomes.map(({ name, tickMs }) => [name, `${tickMs.toFixed(0)} ms`]);
  const lines = table([["", "slowest tick"], ...rows]);
  for (const [index, line] of lines.entries()) {
    print(`  ${line}  ${index === 0 ? "seen" : outcomes[index - 1]?.seen}`);
  }
  const wrong = outcomes.filter((outcome) => !outcome.kept);
  judge(
    wrong.length === 0,
    `${outcomes.length - wrong.length} of ${outcomes.length} came out as promised`,
    wrong.map(({ name, promised, seen }) => `${name}: promised ${promised}; seen ${seen}`),
  );

  print("\nA monitor that hangs in two of three regions, beside one that is checked every 10 s");
  const status = await runMixedTrace();
  judge(status === "down", `promised down, seen ${status}`);

  print(`\nTen of ${databaseMinutes} minutes without D1`);
  const whole = await runDatabaseTrace({ minutes: databaseMinutes });
  for (const how of ["locked", "broken"] as const) {
    const cut = await runDatabaseTrace({ minutes: databaseMinutes, away: { ...away, how } });
    const differences = differencesOf(whole.record, cut.record);
    const words = how === "locked" ? "the file locked by a process" : "a table gone";
    const ticks = `${cut.ticksWithoutDatabase} ticks could not record`;
    const isBroken = cut.ticksWithoutDatabase >= away.to - away.from;
    judge(
      isBroken && isSame(differences),
      `${words}: ${ticks}; ${compared(whole.record.results.length, differences)}`,
      differences.decided,
    );
  }

  print(`\nworkerd killed with signal 9 in ${kills} of ${minutes} ticks, seed ${seed}`);
  const progress = (line: string) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
  };
  const undisturbed = await runKillTrace({ minutes, kills: 0, seed });
  const killed = await runKillTrace({ minutes, kills, seed, progress });
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  const differences = differencesOf(undisturbed, killed);
  judge(
    isSame(differences),
    compared(undisturbed.results.length, differences),
    differences.decided,
  );
  return kept;
}

function compared(results: number, { lost, extra, decided }: Differences): string {
  const changes = decided.length === 0 ? "all" : `all but ${decided.length}`;
  return `of ${results} results ${lost} lost, ${extra} doubled; ${changes} changes of status and outages as undisturbed`;
}
