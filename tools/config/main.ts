import { type Arguments, HELP, readArguments } from "./arguments.ts";
import { applyConfigFile, checkConfigFile, planConfigFile, showPlan } from "./commands.ts";
import { confirm } from "./confirm.ts";
import type { OpenDatabase } from "./database.ts";
import { exitCodeOf, type Outcome, type Planned } from "./outcome.ts";
import { renderJson, renderText } from "./render.ts";

const now = () => Math.floor(Date.now() / 1000);
const read = readArguments(process.argv.slice(2), process.env);

switch (read.kind) {
  case "help":
    process.stdout.write(`${HELP}\n`);
    break;
  case "mistake":
    process.stderr.write(`config: ${read.message}\n`);
    process.exitCode = 2;
    break;
  case "run": {
    const outcome = await run(read.arguments).catch((error: unknown): Outcome => {
      const message = error instanceof Error ? error.message : String(error);
      return { kind: "failed", message: message.split("\n", 1)[0] ?? message };
    });
    print(outcome, read.arguments);
    process.exitCode = exitCodeOf(outcome);
  }
}

async function run(args: Arguments): Promise<Outcome> {
  if (args.command !== "show") {
    // First the file: nobody should need a database to be told of its mistakes.
    const checked = await checkConfigFile(args);
    if (args.command === "check" || checked.kind !== "valid") return checked;
  }
  const database = await openDatabase(args);
  try {
    switch (args.command) {
      case "plan":
        return await planConfigFile(database.db, args, now());
      case "apply":
        return await applyConfigFile(database.db, args, {
          now,
          review: (planned) => review(planned, args),
        });
      case "show":
        return await showPlan(database.db);
    }
  } finally {
    await database.close();
  }
}

/** Imported only here: wrangler and workerd are slow to load, and `check` needs neither. */
async function openDatabase({ remote, dataDir }: Arguments): Promise<OpenDatabase> {
  if (remote) return (await import("./remote-database.ts")).openRemoteDatabase();
  return (await import("./local-database.ts")).openLocalDatabase(dataDir);
}

async function review(planned: Planned, { json, yes, remote }: Arguments): Promise<boolean> {
  const asks = !yes && process.stdin.isTTY && process.stderr.isTTY;
  if (!json) process.stdout.write(`${renderText(planned)}\n`);
  else if (asks) process.stderr.write(`${renderText(planned)}\n`);
  if (!asks) return true;
  const question = `Apply to the ${remote ? "deployed" : "local"} database? [y/N] `;
  return confirm(question, { input: process.stdin, output: process.stderr });
}

function print(outcome: Outcome, { json }: Arguments): void {
  if (json) process.stdout.write(`${renderJson(outcome)}\n`);
  else if (exitCodeOf(outcome) === 0) process.stdout.write(`${renderText(outcome)}\n`);
  else process.stderr.write(`${renderText(outcome)}\n`);
}
