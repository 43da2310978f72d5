import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type LogLine, type Runtime, RuntimeError, startRuntime } from "./index.ts";
import { startOfProcess } from "./process-identity.ts";
import { copyOfFixture, temporaryFolder } from "./testing/fixture.ts";

const folder = temporaryFolder();
const printed: LogLine[] = [];
let runtime: Runtime;

beforeAll(async () => {
  const project = copyOfFixture(folder.path);
  writeFileSync(join(project, ".dev.vars"), "SECRET=from .dev.vars\nSTRAY=from .dev.vars\n");
  runtime = await startRuntime({
    configPath: join(project, "wrangler.toml"),
    dataDir: join(folder.path, "data"),
    vars: { probe: { SECRET: "from the caller" } },
    onLog: (line) => printed.push(line),
  });
});

afterAll(async () => {
  await runtime?.stop();
  folder.remove();
});

/** The JSON of an api route. */
async function get(path: string): Promise<unknown> {
  const response = await fetch(runtime.apiUrl + path);
  return response.json();
}

/** How a stack trace names the line of a fixture in which a text stands. */
function placeOf(file: string, text: string): string {
  const lines = readFileSync(join(folder.path, "project", file), "utf8").split("\n");
  return `${file}:${lines.findIndex((line) => line.includes(text)) + 1}:`;
}

/** Waits for a line: output comes on a pipe of its own, not in order with answers. */
function printedLine(match: Partial<LogLine>): Promise<LogLine> {
  return vi.waitFor(() => {
    const line = printed.find((candidate) =>
      expect.objectContaining(match).asymmetricMatch(candidate),
    );
    if (line === undefined) throw new Error(`not printed: ${JSON.stringify(match)}`);
    return line;
  });
}

test("the api listens on loopback and reaches probe over its service binding", async () => {
  expect(runtime.apiUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await get("/about")).toMatchObject({ slogan: "watched from three regions" });
});

test("Node's modules are workerd's, imported or required", async () => {
  expect(await get("/node")).toEqual(["node", "127.0.0.1 is version 4"]);
});

test("vars come from wrangler.toml and from the caller, and from nowhere else", async () => {
  expect(await get("/about")).toMatchObject({
    GREETING: "hello from the file",
    SECRET: "from the caller",
    names: ["COUNTER", "DB", "GREETING", "SECRET"],
  });
});

test("a tick carries its time and cron, and is over when its handler is", async () => {
  expect(await runtime.tick(new Date("2026-01-01T00:00:00Z"))).toEqual({ outcome: "ok" });
  expect(await runtime.tick(new Date("2026-01-01T00:01:00Z"), "1 * * * *")).toEqual({
    outcome: "ok",
  });
  expect(await get("/ticks")).toEqual([
    { scheduled_time: Date.parse("2026-01-01T00:00:00Z"), cron: "* * * * *" },
    { scheduled_time: Date.parse("2026-01-01T00:01:00Z"), cron: "1 * * * *" },
  ]);
});

test("ticks overlap", async () => {
  // It answers nobody before both have asked.
  const waiting: (() => void)[] = [];
  const server = createServer((_request, response) => {
    waiting.push(() => response.end("go on"));
    if (waiting.length === 2) for (const answer of waiting) answer();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const tick = () => runtime.tick(new Date(0), `http://127.0.0.1:${port}/`);
  expect(await Promise.all([tick(), tick()])).toEqual([{ outcome: "ok" }, { outcome: "ok" }]);
  server.closeAllConnections();
  server.close();
});

test.each([
  { cron: "throw", message: "the tick is broken" },
  { cron: "throw later", message: "what was left to do is broken" },
])(
  "a tick that fails ($cron) is an outcome, and its stack is in the log",
  async ({ cron, message }) => {
    expect(await runtime.tick(new Date(0), cron)).toEqual({ outcome: "exception" });
    const { text } = await printedLine({
      from: "probe",
      stream: "stderr",
      text: expect.stringContaining(`Uncaught TypeError: ${message}`),
    });
    expect(text).toContain(placeOf("probe.ts", message));
  },
);

test("a request that fails has its stack in the log", async () => {
  expect((await fetch(`${runtime.apiUrl}/throw`)).status).toBe(500);
  const { text } = await printedLine({
    from: "api",
    text: expect.stringContaining("Uncaught RangeError: the api is broken"),
  });
  expect(text).toContain(placeOf("api.ts", "the api is broken"));
});

test("what a Worker prints comes line by line, with its name, level and stream", async () => {
  await runtime.tick(new Date(0), "print");
  await printedLine({ from: "probe", text: expect.stringContaining("Error: printed") });
  const first = printed.findIndex(({ text }) => text.startsWith('{"event":"tick"'));
  expect(printed.slice(first, first + 5)).toEqual([
    {
      from: "probe",
      stream: "stdout",
      level: "log",
      text: '{"event":"tick","text":"two\\nlines"}',
    },
    { from: "probe", stream: "stdout", level: "log", text: "3 checks" },
    { from: "probe", stream: "stdout", level: "info", text: "{ a: 1 }" },
    { from: "probe", stream: "stderr", level: "warn", text: "look out" },
    {
      from: "probe",
      stream: "stderr",
      level: "error",
      text: expect.stringContaining(`at print (${placeOf("probe.ts", "console.error(")}`),
    },
  ]);
});

test("a query gives rows and what it cost", async () => {
  await runtime.query("CREATE TABLE prices (item TEXT PRIMARY KEY, price REAL) WITHOUT ROWID");
  const written = await runtime.query(
    "INSERT INTO prices VALUES (?, ?), (?, ?)",
    "a",
    1,
    "b",
    null,
  );
  expect(written).toMatchObject({ rows: [], changes: 2, rowsWritten: 2 });
  const read = await runtime.query("SELECT * FROM prices WHERE item > ?", "a");
  expect(read).toMatchObject({ rows: [{ item: "b", price: null }], rowsRead: 1, rowsWritten: 0 });
  expect(read.databaseBytes).toBeGreaterThan(0);
});

test("a query that D1 refuses fails in D1's words", async () => {
  const failing = runtime.query("SELECT * FROM nowhere");
  await expect(failing).rejects.toThrow(RuntimeError);
  await expect(failing).rejects.toMatchObject({
    code: "query-failed",
    message: expect.stringContaining("no such table: nowhere"),
  });
});

test("a batch is done as a whole or not at all", async () => {
  const insert = (text: string) => ({ sql: "INSERT INTO notes VALUES (?)", params: [text] });
  await expect(
    runtime.batch([insert("in a failing batch"), { sql: "SELECT * FROM nowhere", params: [] }]),
  ).rejects.toMatchObject({ code: "query-failed" });
  const { rows } = await runtime.query("SELECT * FROM notes WHERE text = 'in a failing batch'");
  expect(rows).toEqual([]);
  const results = await runtime.batch([insert("one"), insert("two")]);
  expect(results.map(({ changes }) => changes)).toEqual([1, 1]);
});

test("the database's file is where it says", () => {
  expect(statSync(runtime.databaseFile()).size).toBeGreaterThan(0);
});

test("the pid is workerd's", () => {
  expect(startOfProcess(runtime.pid)).toBeDefined();
  expect(runtime.pid).not.toBe(process.pid);
});

test("two runtimes in one process know their own workerd", async () => {
  const other = await startRuntime({
    configPath: join(folder.path, "project", "wrangler.toml"),
    dataDir: join(folder.path, "other data"),
  });
  expect(other.pid).not.toBe(runtime.pid);
  await other.stop();
  expect(await other.ended).toMatchObject({ expected: true });
  expect(startOfProcess(other.pid)).toBeUndefined();
  expect(startOfProcess(runtime.pid)).toBeDefined();
});
