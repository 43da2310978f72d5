import { bundleWorker } from "../runtime/bundle.ts";
import { readProject } from "../runtime/project.ts";
import { loadToolchain } from "../runtime/toolchain.ts";

/**
 * The real probe as an auxiliary Worker for the api's tests: the api reaches it by RPC, and both
 * see the same D1. Returns miniflare's options for it, made from wrangler.toml.
 *
 * @throws RuntimeError with a readable message when wrangler.toml is wrong or probe does not build.
 */
export async function probeBesideApi(configPath: string) {
  const toolchain = loadToolchain();
  const { root, probe } = readProject(toolchain, configPath);
  const { code } = await bundleWorker(toolchain, root, probe);
  return {
    ...probe.options,
    bindings: { ...probe.config.vars, ALLOW_PRIVATE_TARGETS: "true" },
    name: probe.name,
    modules: [{ type: "ESModule" as const, path: "index.js", contents: code }],
  };
}
