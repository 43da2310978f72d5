import { join } from "node:path";
import type { V4WorkerOptions } from "miniflare";
import type { Bundle } from "./bundle.ts";
import type { Project, ProjectWorker } from "./project.ts";
import { MODULES_FOLDER, modulesOf, type WorkerModule } from "./worker-modules.ts";

/** The name of the control Worker, next to the project's own. */
export const CONTROL = "local-runtime-control";

/** A Worker of the project as miniflare takes it. `socket` gives it a port of its own. */
export function projectWorkerOptions(
  project: Project,
  worker: ProjectWorker,
  bundle: Bundle,
  extras: {
    readonly vars: Readonly<Record<string, string>>;
    /** `false` leaves out the counters of rate limits. */
    readonly rateLimits?: boolean;
    readonly socket?: { readonly host: string; readonly port: number };
  },
): V4WorkerOptions {
  return {
    ...worker.options,
    ...(extras.rateLimits === false && { ratelimits: {} }),
    ...modules(project.root, modulesOf(worker.key, bundle.code)),
    name: worker.name,
    // The file's own vars, and not what wrangler may have put over them from the environment.
    bindings: { ...worker.config.vars, ...extras.vars },
    tails: [{ name: CONTROL, props: { worker: worker.key } }],
    // Otherwise every outbound request gets a `CF-Worker: …example.com` header.
    stripCfConnectingIp: false,
    ...(extras.socket === undefined ? {} : { unsafeDirectSockets: [extras.socket] }),
  };
}

/** The control Worker: with the project's probe, or with the database alone for migrations. */
export function controlWorkerOptions(
  project: Project,
  code: string,
  token: string,
  probe?: ProjectWorker,
): V4WorkerOptions {
  return {
    ...modules(project.root, [{ name: "control.js", code }]),
    name: CONTROL,
    compatibilityDate: "2026-01-01",
    // Lets a service binding fire another Worker's scheduled handler.
    compatibilityFlags: ["service_binding_extra_handlers"],
    bindings: { TOKEN: token },
    d1Databases: { DATABASE: { id: project.database.id } },
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
    ...(probe === undefined ? {} : { serviceBindings: { PROBE: probe.name } }),
  };
}

/**
 * miniflare insists on paths below a root folder, although nothing is read from there. Stack traces
 * name a module by its path, errors at start by its name: the folder is in both.
 */
function modules(root: string, all: readonly WorkerModule[]) {
  return {
    modulesRoot: root,
    modules: all.map(({ name, code }) => ({
      type: "ESModule" as const,
      path: join(root, MODULES_FOLDER, name),
      contents: code,
    })),
  };
}
