/** npm run bench -- read */
import { readHelp, readReadArguments } from "./read-arguments.ts";
import { benchRead } from "./read-bench.ts";
import { printRead } from "./read-report.ts";

/**
 * @param args what follows the word "read"
 * @returns the exit code
 */
export async function runRead(args: readonly string[]): Promise<number> {
  const read = readReadArguments(args);
  if (read.kind === "help") {
    console.log(readHelp);
    return 0;
  }
  if (read.kind === "mistake") {
    console.error(`bench: ${read.message}`);
    return 2;
  }
  try {
    const figures = await benchRead(read.options, (line) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line} `);
    });
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
    return printRead(figures) ? 0 : 1;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(`bench: ${message.split("\n", 1)[0]}`);
    return 1;
  }
}
