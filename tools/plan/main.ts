import { loadConfig } from "../config/load-config.ts";
import type { Values } from "../configuration/check-settings.ts";
import { givenValues } from "../deploy/gather-settings.ts";
import { production, readStage } from "../deploy/stage.ts";
import { help, type PlanArguments, readArguments } from "./arguments.ts";
import { assess, exceededOf } from "./assess.ts";
import { outsideOf } from "./outside.ts";
import { describeVerdict, renderText } from "./render.ts";

async function main(): Promise<number> {
  const read = readArguments(process.argv.slice(2));
  switch (read.kind) {
    case "help":
      console.log(help);
      return 0;
    case "mistake":
      console.error(`plan: ${read.message}`);
      return 2;
    case "run":
      return run(read.arguments);
  }
}

async function run(given: PlanArguments): Promise<number> {
  const { file, baseUrl, settingsFile, plan, json } = given;
  const values = givenValues(settingsFile, process.env);
  const named = namedValues();
  if (typeof values === "string" || typeof named === "string") {
    console.error(`plan: ${typeof values === "string" ? values : named}`);
    return 1;
  }
  const loaded = await loadConfig({ file, baseUrl });
  switch (loaded.kind) {
    case "unreadable":
      console.error(`plan: ${loaded.message}`);
      return 1;
    case "refused":
      for (const mistake of loaded.mistakes) console.error(`plan: ${loaded.file}: ${mistake}`);
      return 1;
    case "loaded": {
      const assessment = assess(loaded.config, outsideOf({ ...named, ...values }));
      console.log(json ? JSON.stringify(assessment, null, 2) : renderText(assessment));
      const exceeded = plan === undefined ? [] : exceededOf(assessment, plan);
      for (const verdict of exceeded) {
        console.error(`plan: ${plan} plan: ${describeVerdict(verdict)}`);
      }
      return exceeded.length > 0 ? 1 : 0;
    }
  }
}

/** What wrangler.toml gives the probe Worker; in words what is wrong with it. */
function namedValues(): Values | string {
  try {
    return readStage(process.env["NETPOST_STAGE"] || production).vars.probe;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return why.replace(/^--env:/, "NETPOST_STAGE:");
  }
}

process.exitCode = await main();
