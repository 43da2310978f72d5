import { accessSync, constants } from "node:fs";
import { createRequire, enableCompileCache } from "node:module";
import { z } from "zod";
import { messageOf, RuntimeError } from "./errors.ts";

export type Toolchain = {
  readonly wrangler: typeof import("wrangler");
  readonly miniflare: typeof import("miniflare");
  readonly esbuild: typeof import("esbuild");
};

let loaded: Toolchain | undefined;

/**
 * Loads wrangler, miniflare and esbuild.
 *
 * wrangler is one file of 15 MB: `require` with Node's compile cache takes 0.65 s, without the
 * cache 0.9 s, and `import()` 1.3 s. Hence late, once, and not as an import at the top.
 *
 * @throws RuntimeError `tools-missing` when a package or the workerd binary is not installed, or
 * the binary may not be run.
 */
export function loadToolchain(): Toolchain {
  try {
    loaded ??= load();
    requireWorkerd();
    return loaded;
  } catch (cause) {
    const [reason] = messageOf(cause).split("\n");
    const message = `The local Workers runtime is not installed (${reason}). Run: npm ci`;
    throw new RuntimeError("tools-missing", message, { cause });
  }
}

function load(): Toolchain {
  enableCompileCache();
  // Otherwise wrangler writes a log file into the home folder at every start.
  process.env["WRANGLER_WRITE_LOGS"] ??= "false";
  const require = createRequire(import.meta.url);
  return {
    esbuild: require("esbuild"),
    wrangler: require("wrangler"),
    miniflare: require("miniflare"),
  };
}

/** miniflare waits for ever for a workerd that could not be run, so it is looked at before. */
function requireWorkerd(): void {
  const besideMiniflare = createRequire(createRequire(import.meta.url).resolve("miniflare"));
  const workerd = z.object({ default: z.string() }).parse(besideMiniflare("workerd")).default;
  accessSync(process.env["MINIFLARE_WORKERD_PATH"] ?? workerd, constants.X_OK);
}
