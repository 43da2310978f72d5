/** Runs wrangler to its end, as a step of ours. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const root = fileURLToPath(new URL("../../", import.meta.url));
export const program = `${root}node_modules/wrangler/bin/wrangler.js`;

/** How wrangler ended. */
export interface Run {
  readonly ok: boolean;
  readonly out: string;
  /** Both streams. */
  readonly output: string;
  /** What went wrong, in one line; empty if nothing did. */
  readonly reason: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;
export type Wrangler = (args: readonly string[]) => Promise<Run>;

/**
 * Runs wrangler without questions, telemetry, update check or a log of its own.
 *
 * @param configPath with --config, wrangler does not go looking for a web framework to set up
 */
export function wranglerFor(configPath: string, env: Environment): Wrangler {
  return (args) =>
    new Promise((resolve) => {
      const all = [program, ...args, "--config", configPath];
      const options = {
        cwd: root,
        maxBuffer: 256 * 1024 * 1024,
        env: {
          ...env,
          WRANGLER_SEND_METRICS: "false",
          WRANGLER_SEND_ERROR_REPORTS: "false",
          WRANGLER_HIDE_BANNER: "true",
          WRANGLER_WRITE_LOGS: "false",
          CI: "true",
        },
      };
      const child = execFile(process.execPath, all, options, (error, stdout, stderr) => {
        const out = stripVTControlCharacters(stdout);
        const output = `${out}${stripVTControlCharacters(stderr)}`;
        const ok = error === null;
        resolve({ ok, out, output, reason: ok ? "" : errorLine(output) || String(error?.message) });
      });
      child.stdin?.end();
    });
}

/** The first thing that wrangler marks as an error, with its place; else the last thing it said. */
function errorLine(output: string): string {
  const marked = /\[ERROR\]\s*(.+)([\s\S]*)/.exec(output);
  if (!marked) return output.trim().split("\n").at(-1) ?? "";
  const [, message = "", rest = ""] = marked;
  const place = /^\s*(\S+:\d+:\d+):$/m.exec(rest)?.[1];
  return place ? `${place}: ${message.trim()}` : message.trim();
}
