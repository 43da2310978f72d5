import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { rawGet, standInForTest } from "./test-client.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));

function start(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
  });
  const ended = once(child, "close").then(([code]) => ({ code, ...output }));
  return { child, output, ended };
}

/** Resolves with the two addresses once both ports are open. */
async function addresses({ child, output }: ReturnType<typeof start>) {
  while (!output.stdout.includes("demo account")) await once(child.stdout, "data");
  const [url = "", controlUrl = ""] = output.stdout.match(/http:[^\s/]*\/\/[^\s/]+/g) ?? [];
  return { url, controlUrl };
}

test("it says where it listens, answers there, and ends on SIGTERM", async () => {
  const started = start("--port", "0", "--control-port", "0");
  const { child, ended } = started;
  const { url, controlUrl } = await addresses(started);
  expect((await fetch(`${url}/api/health`)).status).toBe(200);
  const fault = JSON.stringify({ kind: "hang", path: "/api/feed" });
  expect((await fetch(`${controlUrl}/faults`, { method: "POST", body: fault })).status).toBe(201);
  child.kill("SIGTERM");
  const { code, stdout, stderr } = await ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("faults: hang on /api/feed from *\n");
});

test("neither a waiting client nor one that went away keeps it from ending", async () => {
  const started = start("--port", "0", "--control-port", "0");
  const { url, controlUrl } = await addresses(started);
  const faults = [
    { kind: "slow", path: "/api/feed", delayMs: 600_000 },
    { kind: "slow-body", path: "/api/posts", durationMs: 600_000 },
    { kind: "hang", path: "/api/health" },
  ];
  await fetch(`${controlUrl}/faults`, { method: "PUT", body: JSON.stringify({ faults }) });
  const clients = faults.flatMap(({ path }) => [rawGet(url + path), rawGet(url + path)]);
  await vi.waitFor(async () => {
    const seen = await (await fetch(`${controlUrl}/requests`)).json();
    expect(seen).toMatchObject({ total: 6 });
  });
  const [gone] = clients;
  gone?.socket.destroy();
  await gone?.closed;
  started.child.kill("SIGTERM");
  expect(await started.ended).toMatchObject({ code: 0, stderr: "" });
  await Promise.all(clients.map(({ closed }) => closed));
});

test("--help explains every option and ends well", async () => {
  const { code, stdout } = await start("--help").ended;
  expect(code).toBe(0);
  for (const option of ["--port", "--control-port", "--host", "--seed"]) {
    expect(stdout).toContain(option);
  }
});

test("a port in use is one line, and both ports can be the one", async () => {
  const port = new URL((await standInForTest()).url).port;
  const line = `stand-in: port ${port} on 127.0.0.1: already in use; choose another with`;
  for (const args of [
    ["--port", port, "--control-port", "0"],
    ["--port", "0", "--control-port", port],
  ]) {
    const { code, stderr } = await start(...args).ended;
    expect(code).toBe(1);
    expect(stderr).toBe(`${line} --port, --control-port or --host\n`);
  }
});

test.each([
  [["--port", "http"], "--port must be a whole number from 0 to 65535"],
  [["--control-port", "70000"], "--control-port must be a whole number from 0 to 65535"],
  [["--seed", "1.5"], "--seed must be a whole number from 0 to 4294967295"],
  [["--port", "9000", "--control-port", "9000"], "--control-port must differ from --port"],
  [["--host", ""], "--host must not be empty"],
  [["--prot", "9000"], "Unknown option '--prot' (see --help)"],
  [["9000"], "Unexpected argument '9000' (see --help)"],
  [["--port"], "Option '--port <value>' argument missing (see --help)"],
])("the bad argument %j is one line", async (args, line) => {
  const { code, stdout, stderr } = await start(...args).ended;
  expect(code).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toBe(`stand-in: ${line}\n`);
});
