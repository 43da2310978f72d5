import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * Bundles the real probe for the api's tests, where it answers behind the PROBE binding.
 * Returns one ES module as text. Throws an Error that lists what did not build.
 */
export async function bundleProbe(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../../workers/probe/index.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    // As wrangler bundles: what workerd brings itself stays outside.
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    logLevel: "silent",
  });
  const [bundle] = outputFiles;
  if (!bundle) throw new Error("esbuild returned no bundle for workers/probe/index.ts");
  return bundle.text;
}
