import { createRequire, enableCompileCache } from "node:module";
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
 * @throws RuntimeError `tools-missing` when a package or the workerd binary is not installed.
 */
export function loadToolchain(): Toolchain {
  if (loaded === undefined) {
    enableCompileCache();
    const require = createRequire(import.meta.url);
    try {
      loaded = {
        esbuild: require("esbuild"),
        wrangler: require("wrangler"),
        miniflare: require("miniflare"),
      };
    } catch (cause) {
      const [reason] = messageOf(cause).split("\n");
      throw new RuntimeError(
        "tools-missing",
        `The local Workers runtime is not installed (${reason}). Run: npm ci`,
        { cause },
      );
    }
  }
  return loaded;
}
