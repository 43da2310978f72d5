import { parseArgs } from "node:util";
import { z } from "zod";
import { parseArgsMistake } from "../command-line.ts";
import { DEMO_PASSWORD, DEMO_USER, PortError, startStandIn } from "./index.ts";

const HELP = `NetPost's stand-in: a local server with NetPost's endpoints, whose faults can be set.

Usage: node tools/stand-in/main.ts [options]

  --port <n>           port of NetPost itself (default 9000; 0 takes a free one)
  --control-port <n>   port of the control API (default 9001; 0 takes a free one)
  --host <address>     address to listen on (default 127.0.0.1)
  --seed <n>           seed of the drifting values (default 1)
  --help               this text

tools/stand-in/README.md shows how to set faults.`;

const MOST_PORT = 65_535;
const MOST_SEED = 4_294_967_295;

/** A mistake in the arguments: one line for the person who made it. */
class UsageError extends Error {}

await run().catch((error: unknown) => {
  process.stderr.write(`stand-in: ${lineFor(error)}\n`);
  process.exitCode = 1;
});

async function run(): Promise<void> {
  const options = readArguments(process.argv.slice(2));
  if (options === "help") {
    say(HELP);
    return;
  }
  const standIn = await startStandIn({ ...options, log: say });
  say(`NetPost's stand-in: ${standIn.url}`);
  say(`control API:        ${standIn.controlUrl}/faults`);
  say(`demo account:       ${DEMO_USER.email} / ${DEMO_PASSWORD}`);
  const stop = () => void standIn.stop();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

function readArguments(args: string[]) {
  const { values } = parse(args);
  if (values.help) return "help" as const;
  const port = wholeNumber("--port", values.port, MOST_PORT);
  const controlPort = wholeNumber("--control-port", values["control-port"], MOST_PORT);
  if (port === controlPort && port !== 0) {
    throw new UsageError("--control-port must differ from --port");
  }
  const seed = wholeNumber("--seed", values.seed, MOST_SEED);
  if (values.host === "") throw new UsageError("--host must not be empty");
  return { port, controlPort, seed, host: values.host };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: "string", default: "9000" },
        "control-port": { type: "string", default: "9001" },
        host: { type: "string", default: "127.0.0.1" },
        seed: { type: "string", default: "1" },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(parseArgsMistake(error));
  }
}

function wholeNumber(name: string, text: string, max: number): number {
  const parsed = z.string().regex(/^\d+$/).transform(Number).pipe(z.int().max(max)).safeParse(text);
  if (parsed.success) return parsed.data;
  throw new UsageError(`${name} must be a whole number from 0 to ${max}`);
}

function lineFor(error: unknown): string {
  if (error instanceof PortError) {
    return `${error.message}; choose another with --port, --control-port or --host`;
  }
  return error instanceof Error ? error.message : String(error);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
