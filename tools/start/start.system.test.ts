import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it, vi } from "vitest";
import { z } from "zod";
import { statusDocumentSchema } from "../../shared/contract/api/status.ts";
import { startOfProcess } from "../runtime/process-identity.ts";
import { temporaryFolder } from "../runtime/testing/fixture.ts";

const entry = fileURLToPath(new URL("./main.ts", import.meta.url));
const folder = temporaryFolder();
let child: ChildProcess | undefined;

afterEach(() => {
  child?.kill("SIGKILL");
  folder.remove();
});

/** Ports that are free now: the stand-in takes the one above its own, too. */
async function freePorts(): Promise<{ api: number; standIn: number }> {
  for (;;) {
    const servers = [createServer(), createServer()] as const;
    const portOf = async (index: 0 | 1, port: number) => {
      const server = servers[index].listen(port, "127.0.0.1");
      await once(server, "listening");
      const address: AddressInfo | string | null = server.address();
      if (address === null || typeof address === "string") throw new Error("no port");
      return address.port;
    };
    const api = await portOf(0, 0);
    const standIn = await portOf(1, 0);
    const isFree = standIn + 1 < 65_536 && standIn + 1 !== api && !(await isOpen(standIn + 1));
    for (const server of servers) server.close();
    await Promise.all(servers.map((server) => once(server, "close")));
    if (isFree) return { api, standIn };
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

const noteSchema = z.object({ workerdPid: z.int() });

it("npm start has every monitor's status after its first tick, and ends whole on SIGTERM", async () => {
  const ports = await freePorts();
  const dataDir = join(folder.path, "data");
  const { NETPOST_BASE_URL: _, ...environment } = process.env;
  child = spawn(process.execPath, [entry], {
    env: {
      ...environment,
      PORT: String(ports.api),
      STAND_IN_PORT: String(ports.standIn),
      DATA_DIR: dataDir,
      DATADOG_API_KEY: "planted-key",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (data: Buffer) => {
      output += data.toString();
    });
  }
  const known = vi.waitFor(
    async () => {
      const response = await fetch(`http://127.0.0.1:${ports.api}/api/status`);
      const { groups } = statusDocumentSchema.parse(await response.json());
      const monitors = groups.flatMap((group) => group.monitors);
      expect(monitors.length).toBeGreaterThan(10);
      const unknown = monitors.filter(({ status }) => status === "unknown").map(({ id }) => id);
      expect(unknown, output).toEqual([]);
    },
    { timeout: 150_000, interval: 500 },
  );
  // One that ends by itself is not waited for.
  const early = ended.then(() => Promise.reject(new Error(output)));
  early.catch(() => {});
  known.catch(() => {});
  await Promise.race([known, early]);
  expect(output).toContain("Not taken without `-- --production`: DATADOG_API_KEY\n");
  expect(output).not.toContain("planted-key");
  const note: unknown = JSON.parse(readFileSync(join(dataDir, "running.json"), "utf8"));
  const { workerdPid } = noteSchema.parse(note);
  expect(startOfProcess(workerdPid)).toBeDefined();

  child.kill("SIGTERM");
  expect(await ended, output).toEqual([0, null]);
  expect(startOfProcess(workerdPid)).toBeUndefined();
  for (const port of [ports.api, ports.standIn, ports.standIn + 1]) {
    expect(await isOpen(port), `port ${port}`).toBe(false);
  }
});
