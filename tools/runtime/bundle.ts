import { builtinModules } from "node:module";
import { basename, extname } from "node:path";
import type { BuildOptions, Plugin } from "esbuild";
import { messageOf, RuntimeError } from "./errors.ts";
import { type ProjectWorker, shown } from "./project.ts";
import type { Toolchain } from "./toolchain.ts";

export type Bundle = {
  /** One ES module. */
  readonly code: string;
  /** Its source map, as JSON. */
  readonly sourceMap: string;
};

/**
 * Bundles a Worker as `wrangler deploy` does: wrangler's own esbuild, with wrangler's options.
 *
 * wrangler does not export its bundler, and a child `wrangler deploy --dry-run` costs 1.5 s a start.
 * bundle.system.test.ts holds this code to the dry run's output, byte for byte.
 *
 * @param root The folder of wrangler.toml; paths in the bundle are relative to it.
 * @throws RuntimeError `build-failed`, with a line for every mistake.
 */
export async function bundleWorker(
  { esbuild }: Toolchain,
  root: string,
  worker: ProjectWorker,
): Promise<Bundle> {
  const { entryFile, config } = worker;
  const options: BuildOptions & { write: false } = {
    entryPoints: [entryFile],
    absWorkingDir: root,
    outfile: `${basename(entryFile, extname(entryFile))}.js`,
    write: false,
    bundle: true,
    format: "esm",
    target: "es2024",
    supported: { "import-source": true, using: true },
    loader: { ...JSX_EVERYWHERE, ...TEXT },
    conditions: ["workerd", "worker", "browser"],
    keepNames: config.keep_names ?? true,
    minify: config.minify ?? false,
    define: { ...AS_DEPLOYED, ...config.define },
    sourcemap: "external",
    sourcesContent: false,
    plugins: [runtimeModules],
    logLevel: "silent",
  };
  if (config.alias !== undefined) options.alias = config.alias;
  if (config.tsconfig !== undefined) options.tsconfig = config.tsconfig;
  try {
    const { outputFiles } = await esbuild.build(options);
    const text = (suffix: string) => outputFiles.find((file) => file.path.endsWith(suffix))?.text;
    return { code: text(".js") ?? "", sourceMap: text(".js.map") ?? "{}" };
  } catch (cause) {
    throw new RuntimeError("build-failed", `${shown(entryFile)}: ${messageOf(cause)}`, { cause });
  }
}

/** Bundles one of our own modules that run inside workerd. */
export async function bundleModule({ esbuild }: Toolchain, file: string): Promise<string> {
  const { outputFiles } = await esbuild.build({
    entryPoints: [file],
    write: false,
    bundle: true,
    format: "esm",
    target: "es2024",
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

const JSX_EVERYWHERE = { ".js": "jsx", ".mjs": "jsx", ".cjs": "jsx" } as const;
/** wrangler keeps these as modules of their own; inside the bundle they mean the same. */
const TEXT = { ".txt": "text", ".html": "text", ".sql": "text" } as const;

/** "production" whatever NODE_ENV a test runner has set: what runs here is what gets deployed. */
const AS_DEPLOYED = {
  "navigator.userAgent": '"Cloudflare-Workers"',
  "process.env.NODE_ENV": '"production"',
  "global.process.env.NODE_ENV": '"production"',
  "globalThis.process.env.NODE_ENV": '"production"',
};

const NODE_MODULE = new RegExp(`^(${builtinModules.map(escaped).join("|")}|node:.+)$`);
const REQUIRED = "node-built-in-modules";

/**
 * Leaves `cloudflare:*` and Node's modules to workerd. From compatibility date 2026-08-04 workerd
 * has all of Node's modules itself; wrangler's polyfills for older dates are not repeated here.
 */
const runtimeModules: Plugin = {
  name: "runtime-modules",
  setup(build) {
    build.onResolve({ filter: /^cloudflare:/ }, () => ({ external: true }));
    build.onResolve({ filter: NODE_MODULE }, ({ path, kind }) =>
      kind === "require-call" ? { path, namespace: REQUIRED } : { path, external: true },
    );
    // An ES module has no require: a required built-in becomes an import behind a small wrapper.
    build.onLoad({ filter: /.*/, namespace: REQUIRED }, ({ path }) => ({
      contents: `import libDefault from '${path}';\nmodule.exports = libDefault;`,
      loader: "js",
    }));
  },
};

function escaped(text: string): string {
  return text.replace(/[/$.]/g, "\\$&");
}
