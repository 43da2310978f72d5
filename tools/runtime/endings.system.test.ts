import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { type Runtime, runningControl, startRuntime } from "./index.ts";
import { startOfProcess } from "./process-identity.ts";
import { FIXTURE_CONFIG, temporaryFolder } from "./testing/fixture.ts";

const OWNER = fileURLToPath(new URL("./testing/owner.ts", import.meta.url));

let folder: ReturnType<typeof temporaryFolder>;
let dataDir: string;
const started: Runtime[] = [];

beforeEach(() => {
  folder = temporaryFolder();
  dataDir = join(folder.path, "data");
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((runtime) => runtime.stop()));
  folder.remove();
});

async function start(options: { apiPort?: number } = {}): Promise<Runtime> {
  const runtime = await startRuntime({ configPath: FIXTURE_CONFIG, dataDir, ...options });
  started.push(runtime);
  return runtime;
}

/** One tick in D1 and one in a Durable Object. @returns How many there are by then. */
async function leaveTraces(runtime: Runtime): Promise<{ inD1: number; inObject: unknown }> {
  await runtime.tick(new Date(0));
  const { rows } = await runtime.query("SELECT scheduled_time FROM ticks");
  const response = await fetch(`${runtime.apiUrl}/count`);
  return { inD1: rows.length, inObject: await response.json() };
}

function isGone(pid: number): Promise<void> {
  return vi.waitFor(() => expect(startOfProcess(pid)).toBeUndefined(), { timeout: 5000 });
}

test("a second start goes on with the data of the first", async () => {
  const first = await start();
  expect(first.appliedMigrations).toEqual(["0001_ticks.sql", "0002_notes.sql"]);
  expect(await leaveTraces(first)).toEqual({ inD1: 1, inObject: 1 });
  await first.stop();
  expect(await first.ended).toEqual({ expected: true, code: null, signal: "SIGKILL" });
  const second = await start();
  expect(second.appliedMigrations).toEqual([]);
  expect(await leaveTraces(second)).toEqual({ inD1: 2, inObject: 2 });
});

test("when workerd dies its owner is told, and can start it again with all its data", async () => {
  const first = await start();
  await leaveTraces(first);
  process.kill(first.pid, "SIGKILL");
  expect(await first.ended).toEqual({ expected: false, code: null, signal: "SIGKILL" });
  await expect(first.tick(new Date(0))).rejects.toMatchObject({ code: "runtime-ended" });
  await expect(first.query("SELECT 1")).rejects.toMatchObject({ code: "runtime-ended" });
  const second = await start({ apiPort: Number(new URL(first.apiUrl).port) });
  expect(second.apiUrl).toBe(first.apiUrl);
  expect(second.endedLeftover).toBeUndefined();
  expect(await leaveTraces(second)).toEqual({ inD1: 2, inObject: 2 });
});

test("a tick that is under way when workerd dies fails, and does not hang", async () => {
  const runtime = await start();
  // The tick's request is what kills workerd, so the tick is under way for certain.
  const server = createServer(() => process.kill(runtime.pid, "SIGKILL"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  await expect(runtime.tick(new Date(0), `http://127.0.0.1:${port}/`)).rejects.toMatchObject({
    code: "runtime-ended",
    message: expect.stringContaining("The local Workers runtime has ended"),
  });
  server.closeAllConnections();
  server.close();
});

test("a data folder has one runtime at a time, and says who has it", async () => {
  await start();
  await expect(startRuntime({ configPath: FIXTURE_CONFIG, dataDir })).rejects.toMatchObject({
    code: "data-folder-in-use",
    message: `The data folder ${dataDir} is in use by process ${process.pid}. Stop it, or choose another folder.`,
  });
});

test("others can reach the control Worker of the runtime that has a data folder", async () => {
  expect(runningControl(dataDir)).toBeUndefined();
  const runtime = await start();
  expect(runningControl(dataDir)).toMatchObject({ url: expect.stringMatching(/^http:/) });
  await runtime.stop();
  expect(runningControl(dataDir)).toBeUndefined();
});

type Owner = {
  readonly process: ChildProcessByStdio<null, Readable, null>;
  readonly lines: Interface;
  readonly workerdPid: number;
};

/** Starts a runtime in a program of its own. */
async function startOwner(behaviour = ""): Promise<Owner> {
  const child = spawn(process.execPath, [OWNER, FIXTURE_CONFIG, dataDir, behaviour], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface(child.stdout);
  const [line] = await once(lines, "line");
  const { workerdPid } = z.object({ workerdPid: z.number() }).parse(JSON.parse(String(line)));
  return { process: child, lines, workerdPid };
}

test.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)(
  "workerd does not outlive an owner that dies of %s",
  async (signal) => {
    const owner = await startOwner();
    const exited = once(owner.process, "exit");
    owner.process.kill(signal);
    expect(await exited).toEqual([null, signal]);
    await isGone(owner.workerdPid);
    const next = await start();
    expect(await leaveTraces(next)).toEqual({ inD1: 1, inObject: 1 });
  },
);

test("an owner ends in its own way: miniflare's signal handlers do not forestall it", async () => {
  const owner = await startOwner("handles-signals");
  const line = once(owner.lines, "line");
  const exited = once(owner.process, "exit");
  owner.process.kill("SIGTERM");
  expect(await line).toEqual(["cleaned up"]);
  expect(await exited).toEqual([0, null]);
  await isGone(owner.workerdPid);
});

/** A process that stands for a workerd whose owner and watchdog were killed together. */
async function orphan(): Promise<{ pid: number; kill: () => void }> {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  await once(child, "spawn");
  return { pid: child.pid ?? 0, kill: () => child.kill("SIGKILL") };
}

test("a workerd that was left over is ended by the next start, which tells it", async () => {
  await (await start()).stop();
  const left = await orphan();
  const note = { ownerPid: 1, workerdPid: left.pid, workerdStart: startOfProcess(left.pid) };
  writeFileSync(join(dataDir, "running.json"), JSON.stringify(note));
  const runtime = await start();
  expect(runtime.endedLeftover).toBe(left.pid);
  expect(startOfProcess(left.pid)).toBeUndefined();
});

test("a process that only has the pid of a former workerd is left alone", async () => {
  await (await start()).stop();
  const stranger = await orphan();
  const note = { ownerPid: 1, workerdPid: stranger.pid, workerdStart: "another time" };
  writeFileSync(join(dataDir, "running.json"), JSON.stringify(note));
  const runtime = await start();
  expect(runtime.endedLeftover).toBeUndefined();
  expect(startOfProcess(stranger.pid)).toBeDefined();
  stranger.kill();
});
