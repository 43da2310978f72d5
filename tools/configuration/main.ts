/** `npm run configuration`: writes docs/configuration.md from the schemas; with --check only looks. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parseArgsMistake } from "../command-line.ts";
import { documentFile, renderConfiguration } from "./render.ts";

const help = `npm run configuration [-- --check]

Writes ${documentFile} from the schemas that parse the settings.
  --check   writes nothing; fails where the file is not what would be written`;

process.exitCode = await run(process.argv.slice(2));

async function run(args: readonly string[]): Promise<number> {
  let values: { readonly check?: boolean | undefined; readonly help?: boolean | undefined };
  try {
    const options = { check: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    console.error(`configuration: ${parseArgsMistake(error)}`);
    return 2;
  }
  if (values.help) {
    console.log(help);
    return 0;
  }
  const address = new URL(`../../${documentFile}`, import.meta.url);
  const text = await renderConfiguration();
  if (existsSync(address) && readFileSync(address, "utf8") === text) return 0;
  if (values.check) {
    console.error(`${documentFile} is not what the schemas say: npm run configuration`);
    return 1;
  }
  writeFileSync(address, text);
  console.log(`wrote ${documentFile}`);
  return 0;
}
