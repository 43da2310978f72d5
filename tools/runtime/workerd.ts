import { stripVTControlCharacters } from "node:util";
import type { V4WorkerOptions } from "miniflare";
import { messageOf, RuntimeError } from "./errors.ts";
import type { Toolchain } from "./toolchain.ts";
import { watchOver } from "./watchdog.ts";
import { type ProcessEnd, withWorkerdListener } from "./workerd-process.ts";

export type WorkerdOptions = {
  readonly workers: readonly V4WorkerOptions[];
  readonly stateFolder: string;
  readonly temporaryFolder: string;
  /** The process runs, but nothing in it answers yet. */
  readonly onSpawn: (pid: number) => void;
  readonly onOutput: (output: { readonly level: string; readonly message: string }) => void;
};

export type WorkerdEnd = ProcessEnd & {
  /** Whether `stop` was called before. */
  readonly expected: boolean;
};

export type Workerd = {
  readonly pid: number;
  /** Resolves, and never rejects, when the process has ended and everything around it too. */
  readonly ended: Promise<WorkerdEnd>;
  /** Where a Worker listens that has a socket of its own. */
  urlOf(workerName: string): Promise<URL>;
  stop(): Promise<void>;
};

/**
 * Starts one workerd through miniflare; ready when it resolves. It is not started again when it
 * dies: that is for the caller to do, who is told by `ended`.
 *
 * @throws RuntimeError `workers-failed-to-start`, `tools-missing`, with what workerd said.
 */
export async function startWorkerd(
  { miniflare: { Miniflare, Log, LogLevel, convertV4MiniflareOptions } }: Toolchain,
  options: WorkerdOptions,
): Promise<Workerd> {
  const ended = Promise.withResolvers<WorkerdEnd>();
  const notStarted = Promise.withResolvers<never>();
  const errors: string[] = [];
  let phase: "starting" | "running" | "stopping" = "starting";
  let pid = 0;
  let callOffWatchdog = () => {};

  const output = (level: string, message: string) => {
    if (level === "error" && phase === "starting") errors.push(message);
    options.onOutput({ level, message });
  };
  class ForwardedLog extends Log {
    override logWithLevel(level: number, message: string): void {
      if (level === LogLevel.ERROR) output("error", message);
      if (level === LogLevel.WARN) output("warn", message);
    }
  }
  const listener = {
    onSpawn(workerdPid: number) {
      pid = workerdPid;
      callOffWatchdog = watchOver(workerdPid);
      options.onSpawn(workerdPid);
    },
    onEnd(end: ProcessEnd) {
      callOffWatchdog();
      const expected = phase !== "running";
      // In this very turn: a turn later miniflare would have started another workerd.
      const cleanedUp = expected ? Promise.resolve() : miniflare.dispose();
      const tell = () => ended.resolve({ ...end, expected });
      cleanedUp.then(tell, tell);
    },
    onError(cause: Error) {
      const message = `workerd could not be started (${cause.message}). Run: npm ci`;
      notStarted.reject(new RuntimeError("tools-missing", message, { cause }));
    },
  };
  const miniflareOptions = convertV4MiniflareOptions({
    host: "127.0.0.1",
    port: 0,
    workers: [...options.workers],
    resourcePersistencePath: options.stateFolder,
    log: new ForwardedLog(LogLevel.WARN),
    logRequests: false,
    handleStructuredLogs: ({ level, message }) => output(level, message),
    // Anything else makes miniflare fetch a sample of request.cf from the network.
    cf: false,
    telemetry: { enabled: false },
  });
  const miniflare = withWorkerdListener(listener, () =>
    withOwnSignals(() =>
      withTemporaryFolder(options.temporaryFolder, () => new Miniflare(miniflareOptions)),
    ),
  );
  const stop = async () => {
    phase = "stopping";
    await miniflare.dispose().catch(() => {});
  };
  try {
    await Promise.race([miniflare.ready, notStarted.promise]);
    phase = "running";
  } catch (cause) {
    const stopped = stop();
    // Without a process, miniflare waits for its end for ever.
    if (pid !== 0) await stopped;
    throw cause instanceof RuntimeError ? cause : startFailure(errors, cause);
  }
  return {
    pid,
    ended: ended.promise,
    urlOf: (workerName) => miniflare.unsafeGetDirectURL(workerName),
    async stop() {
      await stop();
      await ended.promise;
    },
  };
}

function startFailure(errors: readonly string[], cause: unknown): RuntimeError {
  if (cause instanceof Error && "code" in cause && cause.code === "ERR_ADDRESS_IN_USE") {
    const message = `A port that was free a moment ago is in use now: ${messageOf(cause)}`;
    return new RuntimeError("port-unavailable", message, { cause });
  }
  // What a Worker threw; or else everything, which then is not just what follows from that.
  const thrown = errors.filter((error) => error.includes("Uncaught"));
  const said = [thrown, errors].find(({ length }) => length > 0)?.join("\n") ?? messageOf(cause);
  const words = stripVTControlCharacters(said).replaceAll("core:user:", "");
  return new RuntimeError("workers-failed-to-start", `The Workers did not start: ${words}`, {
    cause,
  });
}

/**
 * miniflare answers SIGINT, SIGTERM and SIGHUP by ending the whole Node process on the spot. Who
 * started us wants to stop other things as well, so its signal handlers are taken away again. Its
 * `exit` handler stays, and the watchdog covers every other way to die.
 */
function withOwnSignals<T>(construct: () => T): T {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const before = signals.map((signal) => new Set(process.listeners(signal)));
  const constructed = construct();
  signals.forEach((signal, index) => {
    for (const handler of process.listeners(signal)) {
      if (!before[index]?.has(handler)) process.removeListener(signal, handler);
    }
  });
  return constructed;
}

/** miniflare makes its scratch folder at construction and leaves it behind when it is killed. */
function withTemporaryFolder<T>(folder: string, construct: () => T): T {
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  try {
    return construct();
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
}
