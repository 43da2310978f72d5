/** `npm run openapi`: writes what is generated from the routes of the API; with --check only looks. */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parseArgsMistake } from "../command-line.ts";
import { generate } from "./generate.ts";
import { lintDocument } from "./lint.ts";

const help = `npm run openapi [-- --check]

Writes the OpenAPI document and the typed client's operations from the routes of the API.
  --check   writes nothing; fails where a file is not what would be written
`;

process.exitCode = await run(process.argv.slice(2));

async function run(words: readonly string[]): Promise<number> {
  let values: { readonly check?: boolean | undefined; readonly help?: boolean | undefined };
  try {
    const options = { check: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;
    ({ values } = parseArgs({ args: [...words], options }));
  } catch (error) {
    console.error(parseArgsMistake(error));
    return 2;
  }
  if (values.help) {
    console.log(help);
    return 0;
  }
  const { document, files } = await generate();
  const complaints = await lintDocument(JSON.stringify(document));
  for (const complaint of complaints) console.error(complaint);
  let stale = 0;
  for (const [path, text] of files) {
    const address = new URL(`../../${path}`, import.meta.url);
    if (textIn(address) === text) continue;
    stale += 1;
    if (values.check) console.error(`${path} is not what the routes say: npm run openapi`);
    else {
      writeFileSync(address, text);
      console.log(`wrote ${path}`);
    }
  }
  return complaints.length > 0 || (values.check && stale > 0) ? 1 : 0;
}

function textIn(address: URL): string | null {
  try {
    return readFileSync(address, "utf8");
  } catch {
    return null;
  }
}
