/** A real Prometheus, where one is installed (Debian: `apt-get install prometheus`). */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";

/** Whether both programs are there. */
export function hasPrometheus(): boolean {
  return ["prometheus", "promtool"].every(
    (program) => spawnSync(program, ["--version"]).error === undefined,
  );
}

/** What promtool says, and how it ended. */
export function promtool(args: readonly string[], input = ""): { code: number; said: string } {
  const { status, stdout, stderr } = spawnSync("promtool", args, { input, encoding: "utf8" });
  return { code: status ?? 1, said: `${stdout}${stderr}` };
}

const answerSchema = z.object({
  status: z.literal("success"),
  data: z.object({ result: z.array(z.unknown()) }),
});

const targetsSchema = z.object({
  data: z.object({
    activeTargets: z.array(z.object({ health: z.string(), lastError: z.string() })),
  }),
});

export interface Prometheus {
  readonly url: string;
  /** How many series an instant query gives. @throws Error where it is not valid */
  query(expression: string): Promise<number>;
  /** Of each target: "up", or what was wrong with the last scrape. */
  targets(): Promise<readonly string[]>;
  /** What it logged above info so far. */
  warnings(): readonly string[];
  stop(): Promise<void>;
}

/**
 * Starts Prometheus on a free port of this machine.
 *
 * @param config its configuration file, YAML
 */
export async function startPrometheus(folder: string, config: string): Promise<Prometheus> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, "prometheus.yml");
  await writeFile(file, config);
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const child = spawn(
    "prometheus",
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=${address}`,
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const ended = once(child, "exit");
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data: Buffer) => {
      log += data.toString();
    });
  }
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(url + path, { signal: AbortSignal.timeout(10_000) });
    return response.json();
  };
  for (let tries = 0; !(await isReady(url)); tries += 1) {
    if (child.exitCode !== null || tries > 100) throw new Error(`no Prometheus:\n${log}`);
    await pause(100);
  }
  return {
    url,
    async query(expression) {
      const answer = await get(`/api/v1/query?query=${encodeURIComponent(expression)}`);
      const parsed = answerSchema.safeParse(answer);
      if (!parsed.success) throw new Error(`${expression}: ${JSON.stringify(answer)}`);
      return parsed.data.data.result.length;
    },
    async targets() {
      const { data } = targetsSchema.parse(await get("/api/v1/targets"));
      return data.activeTargets.map(({ health, lastError }) =>
        lastError === "" ? health : lastError,
      );
    },
    warnings: () => log.split("\n").filter((line) => /level=(warn|error)/i.test(line)),
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
