import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Runtime, startRuntime } from "./index.ts";
import { FIXTURE_CONFIG, temporaryFolder } from "./testing/fixture.ts";

// What a probe sees of a target's faults must be workerd's own work. With an outbound service in
// Node, as in wrangler's test harness, redirects are followed and a refused connection is a 500.

const folder = temporaryFolder();
const seen: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];
let runtime: Runtime;
let target: Server;

beforeAll(async () => {
  target = createServer((request, response) => {
    seen.push({ url: request.url, headers: request.headers });
    if (request.url === "/moved") response.writeHead(302, { location: "/there" }).end("moved");
    else if (request.url === "/reset") request.socket.resetAndDestroy();
    else response.end("arrived");
  });
  target.listen(0, "127.0.0.1");
  await once(target, "listening");
  runtime = await startRuntime({
    configPath: FIXTURE_CONFIG,
    dataDir: join(folder.path, "data"),
  });
});

afterAll(async () => {
  await runtime?.stop();
  target.closeAllConnections();
  target.close();
  folder.remove();
});

beforeEach(() => {
  seen.length = 0;
});

/** Lets the api Worker do something to a target. */
async function ask(action: "fetch" | "follow" | "connect", address: string): Promise<unknown> {
  const url = new URL(`/${action}`, runtime.apiUrl);
  url.searchParams.set("target", address);
  return (await fetch(url)).json();
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no port");
  return address.port;
}

/** A port on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("a refused connection rejects inside the Worker", async () => {
  expect(await ask("fetch", `http://127.0.0.1:${await closedPort()}/`)).toEqual({
    rejected: "Error: Network connection lost.",
  });
  expect(await ask("connect", `127.0.0.1:${await closedPort()}`)).toEqual({
    rejected: "Error: proxy request failed, cannot connect to the specified address",
  });
});

test("a reset connection rejects inside the Worker", async () => {
  expect(await ask("fetch", `http://127.0.0.1:${portOf(target)}/reset`)).toEqual({
    rejected: "Error: Network connection lost.",
  });
});

test("a redirect is followed only when the Worker asks for it", async () => {
  const moved = `http://127.0.0.1:${portOf(target)}/moved`;
  expect(await ask("fetch", moved)).toEqual({
    status: 302,
    url: moved,
    location: "/there",
    body: "moved",
  });
  expect(seen.map(({ url }) => url)).toEqual(["/moved"]);
  expect(await ask("follow", moved)).toMatchObject({ status: 200, body: "arrived" });
  expect(seen.map(({ url }) => url)).toEqual(["/moved", "/moved", "/there"]);
});

test("a target sees the headers of the Worker and none of miniflare's", async () => {
  await ask("fetch", `http://127.0.0.1:${portOf(target)}/`);
  expect(Object.keys(seen[0]?.headers ?? {}).sort()).toEqual(["cache-control", "host", "pragma"]);
});

test("a TCP connection is opened by workerd", async () => {
  expect(await ask("connect", `127.0.0.1:${portOf(target)}`)).toEqual({ connected: true });
});
