import { loadConfig } from "../config/load-config.ts";
import { givenValues } from "../deploy/gather-settings.ts";
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
  if (typeof values === "string") {
    console.error(`plan: ${values}`);
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
      const assessment = assess(loaded.config, outsideOf(values));
      console.log(json ? JSON.stringify(assessment, null, 2) : renderText(assessment));
      const exceeded = plan === undefined ? [] : exceededOf(assessment, plan);
      for (const verdict of exceeded) {
        console.error(`plan: ${plan} plan: ${describeVerdict(verdict)}`);
      }
      return exceeded.length > 0 ? 1 : 0;
    }
  }
}

process.exitCode = await main();
