/** `npm run fuzz`: asks the real api generated requests, and judges every answer. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { argumentMistake, parseArgsMistake } from "../command-line.ts";
import { type Failure, runFuzz } from "./run-fuzz.ts";
import { closeConnections } from "./send.ts";
import { startWorld } from "./world.ts";

const help = `npm run fuzz [-- --requests 100000] [--seed 1] [--only 4711]

Sends generated requests to the real api on this machine, made of its own OpenAPI document: what is
malformed, of the wrong type, huge, deep, in any script, bent paths, fragments of SQL and templates;
without a key, with a wrong one, the reader's and the admin's. Fails (1) on a status from 500, on what
tells of the program's inside, on a planted secret in an answer, and on a change without authority.
  --requests  how many; 10000 if left out
  --seed      decides all of them; 1 if left out
  --only      asks one again, by its number, and shows the answer
`;

process.exitCode = await run(process.argv.slice(2));

async function run(words: readonly string[]): Promise<number> {
  const read = readArguments(words);
  if (read.kind === "help") {
    console.log(help);
    return 0;
  }
  if (read.kind === "mistake") {
    console.error(read.text);
    return 2;
  }
  const { requests, seed, only } = read;
  const dataDir = mkdtempSync(join(tmpdir(), "netpost-fuzz-"));
  const logged: string[] = [];
  const runtime = await startWorld(dataDir, (text) => logged.push(text));
  try {
    const began = performance.now();
    const rate = (done: number) => Math.round(done / ((performance.now() - began) / 1000));
    const numbers = only === null ? Array.from({ length: requests }, (_, index) => index) : [only];
    const report = await runFuzz(runtime, {
      seed,
      numbers,
      onProgress: (done) => {
        if (done % 5_000 === 0) console.log(`${done} of ${requests}, ${rate(done)} a second`);
      },
    });
    for (const failure of report.failures) console.error(shown(failure, seed));
    for (const text of logged.slice(0, 20)) console.error(`logged: ${text.slice(0, 2_000)}`);
    for (const [status, times] of [...report.statuses].sort()) console.log(`${status}: ${times}`);
    const { asked, failures } = report;
    console.log(
      `${asked} requests, ${rate(asked)} a second, ${failures.length} failures, seed ${seed}`,
    );
    return failures.length > 0 ? 1 : 0;
  } finally {
    closeConnections();
    await runtime.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function shown({ request, what, answer }: Failure, seed: number): string {
  if (request === null) return `FAILED ${what}`;
  const { number, caller, method, path, headers, body } = request;
  return [
    `FAILED ${what}`,
    `  again: npm run fuzz -- --seed ${seed} --only ${number}`,
    `  ${caller}: ${method} ${path.slice(0, 400)} ${JSON.stringify(headers).slice(0, 400)}`,
    ...(body === null ? [] : [`  ${body.toString().slice(0, 600)}`]),
    `  answered: ${answer}`,
  ].join("\n");
}

type Read =
  | { readonly kind: "help" }
  | { readonly kind: "mistake"; readonly text: string }
  | {
      readonly kind: "run";
      readonly requests: number;
      readonly seed: number;
      readonly only: number | null;
    };

function readArguments(words: readonly string[]): Read {
  let values: { readonly [name: string]: string | boolean | undefined };
  try {
    const text = { type: "string" } as const;
    const options = {
      requests: text,
      seed: text,
      only: text,
      help: { type: "boolean", short: "h" },
    } as const;
    ({ values } = parseArgs({ args: [...words], options }));
  } catch (error) {
    return { kind: "mistake", text: parseArgsMistake(error) };
  }
  if (values["help"] === true) return { kind: "help" };
  const numbers = { requests: 10_000, seed: 1, only: -1 };
  for (const name of ["requests", "seed", "only"] as const) {
    const value = values[name];
    if (value === undefined) continue;
    if (!/^\d{1,9}$/.test(String(value))) {
      return { kind: "mistake", text: argumentMistake(`--${name} takes a whole number`) };
    }
    numbers[name] = Number(value);
  }
  const { requests, seed, only } = numbers;
  return { kind: "run", requests, seed, only: only < 0 ? null : only };
}
