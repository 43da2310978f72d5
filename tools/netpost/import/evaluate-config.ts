/** Runs a TypeScript configuration file in a process that may read nothing, and takes what it exports. */
import { spawn } from "node:child_process";
import { CommandError } from "../command.ts";

/** What stands for a function, which JSON has none of. */
export const functionMark = "<function>";

const timeoutMs = 10_000;

// In a context of its own without any global of Node's: no file, no network, no other module.
const evaluator = `
const vm = require("node:vm");
let code = "";
process.stdin.setEncoding("utf8").on("data", (part) => { code += part; }).on("end", () => {
  const module = { exports: {} };
  const require = (name) => { throw new Error("it imports " + name + ", which is not run"); };
  const sandbox = { module, exports: module.exports, require, process: { env: {} } };
  const context = vm.createContext(sandbox, { codeGeneration: { strings: false, wasm: false } });
  try {
    vm.runInContext(code, context, { timeout: 5000, filename: "config" });
    const mark = (key, value) => typeof value === "function" ? ${JSON.stringify(functionMark)} : value;
    process.stdout.write(JSON.stringify({ exported: { ...module.exports } }, mark));
  } catch (error) {
    process.stdout.write(JSON.stringify({ failure: String(error && error.message || error) }));
  }
});`;

/**
 * Evaluates a module. Types are stripped, imports of types alone are dropped, any other fails.
 *
 * @returns its exports as JSON, functions replaced by `functionMark`
 * @throws CommandError on what does not parse, throws, or takes too long
 */
export async function evaluateConfig(source: string, file: string): Promise<unknown> {
  // Imported only here: no other command needs it.
  const { transform } = await import("esbuild");
  const { code } = await transform(source, {
    loader: "ts",
    format: "cjs",
    logLevel: "silent",
  }).catch((error: unknown) => {
    const [line = ""] = (error instanceof Error ? error.message : "").split("\n").slice(1);
    throw new CommandError(`${file}: it does not parse: ${line.replace(/^<stdin>:/, "")}`);
  });
  const child = spawn(process.execPath, ["--permission", "-e", evaluator], {
    env: {},
    stdio: ["pipe", "pipe", "ignore"],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  child.stdin.on("error", () => {});
  child.stdin.end(code);
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject).once("close", () => resolve());
  });
  const told: unknown = JSON.parse(Buffer.concat(parts).toString() || "{}");
  if (typeof told === "object" && told !== null && "exported" in told) return told.exported;
  const failure =
    typeof told === "object" && told !== null && "failure" in told
      ? String(told.failure)
      : "it took too long";
  throw new CommandError(`${file}: ${failure.split("\n", 1)[0]}`);
}
