import { existsSync } from "node:fs";
import { openRemoteDatabase } from "../config/remote-database.ts";
import { help, readArguments } from "./arguments.ts";
import { deploy } from "./deploy.ts";
import { readStage } from "./stage.ts";
import { program, wranglerFor } from "./wrangler.ts";

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const read = readArguments(argv, process.env);
  if (read.kind === "help") {
    console.log(help);
    return 0;
  }
  if (read.kind === "mistake") return fail(read.message, 2);
  if (!existsSync(program)) return fail("wrangler is not installed. Run: npm ci");
  try {
    const stage = readStage(read.arguments.stage);
    const wrong = await deploy(read.arguments, stage, {
      env: process.env,
      wrangler: wranglerFor(stage.configPath, process.env),
      openDatabase: ({ configPath }) => openRemoteDatabase(configPath),
      say: (line) => console.log(line),
    });
    if (wrong !== null) return fail(wrong);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
  const { dryRun } = read.arguments;
  console.log(dryRun ? "Both Workers build. Nothing was touched." : "Deployed.");
  return 0;
}

function fail(message: string, code = 1): number {
  console.error(`deploy: ${message}`);
  return code;
}
