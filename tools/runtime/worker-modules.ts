import { MARK } from "./log-mark.ts";
import type { WorkerKey } from "./project.ts";

/** The folder that our modules seem to be in; stack traces name it, see source-positions.ts. */
export const MODULES_FOLDER = "local-runtime";

export type WorkerModule = { readonly name: string; readonly code: string };

/**
 * The modules of one Worker, the main one first. The bundle is left as it was built; around it, a
 * main module marks console output with the Worker's name. workerd's log names no Worker.
 */
export function modulesOf(key: WorkerKey, bundle: string): readonly WorkerModule[] {
  return [
    {
      name: `${key}-main.js`,
      // The console is patched first: modules are evaluated in the order of their imports.
      code: `import "./${key}-console.js";
export * from "./${key}.js";
export { default } from "./${key}.js";
`,
    },
    { name: `${key}-console.js`, code: consolePatch(key) },
    { name: `${key}.js`, code: bundle },
  ];
}

/** The mark joins the first string, which may be a format ("%d checks"), and replaces nothing. */
function consolePatch(key: WorkerKey): string {
  return `const mark = ${JSON.stringify(MARK + key + MARK)};
for (const level of ["log", "debug", "info", "warn", "error"]) {
  const print = console[level].bind(console);
  console[level] = (first, ...rest) =>
    typeof first === "string" ? print(mark + first, ...rest) : print(mark, first, ...rest);
}
`;
}
