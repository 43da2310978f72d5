/** Servers in Node for the tests of the diagnosis, each broken in a way of its own. */
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { createServer as createTlsServer } from "node:tls";
import { Worker } from "node:worker_threads";
import { selfSigned } from "./self-signed.ts";
import type { ServerHost } from "./server-host.ts";

/** Starts them on loopback for a test run; returns what stops them. */
export default async function setup(host: ServerHost): Promise<() => Promise<void>> {
  const sockets = new Set<Socket>();
  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
  };
  const servers: Server[] = [];
  const listen = async (server: Server): Promise<number> => {
    servers.push(server.on("connection", track));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return portOf(server);
  };

  const hanging = await listen(createServer());
  const hangingUp = await listen(createServer((socket) => socket.end()));
  const untrusted = await listen(createTlsServer(selfSigned));
  const resolver = await listen(createHttpServer(answerLookUp));
  const leaky = await listen(createHttpServer(repeatRequest));
  const edge = await listen(createHttpServer(answerAsEdge));
  const lastWords = createHttpServer((request, response) => {
    // Answers once and is gone: what connects next is refused.
    lastWords.close();
    answerAsEdge(request, response);
  });
  const edgeThenNobody = await listen(lastWords);
  const full = await startFullPort();
  // The near end of a connection: nobody listens there, and nobody else can be given the port.
  const holder = connect({ port: hanging, host: "127.0.0.1" });
  track(holder);
  await new Promise<void>((resolve) => holder.once("connect", resolve));
  const closed = holder.localPort;
  if (closed === undefined) throw new Error("no port");

  host.provide("broken", {
    ports: { closed, hanging, hangingUp, untrusted, edgeThenNobody, full: full.port },
    resolverUrl: `http://127.0.0.1:${resolver}`,
    edgeUrl: `http://127.0.0.1:${edge}`,
    leakyUrl: `http://127.0.0.1:${leaky}`,
  });
  return async () => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
    await full.stop();
  };
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Tells everything that it was sent, in headers and body, and a secret of its own. */
const repeatRequest: Parameters<typeof createHttpServer>[1] = async (request, response) => {
  const body = await text(request);
  const { authorization = "" } = request.headers;
  response.writeHead(200, {
    "Content-Type": "application/json",
    "Set-Cookie": ["sid=planted-cookie-of-the-target; HttpOnly", "b=planted-cookie-two; Path=/"],
    "X-Repeated": authorization,
  });
  response.end(JSON.stringify({ url: request.url, headers: request.headers, body }));
};

/**
 * As Cloudflare's edge answers where it reaches no origin: /530 is its own, /530/origin a target's
 * with that status, /530/page a target's behind Cloudflare.
 */
const answerAsEdge = (request: IncomingMessage, response: ServerResponse): void => {
  const [, status, whose] = (request.url ?? "/").split("/");
  const server = whose === "origin" ? "nginx" : "cloudflare";
  response.writeHead(Number(status), { Server: server, Connection: "close" });
  response.end(whose === "page" ? "<html>We will be back</html>" : "error code: 1016");
};

/** What the resolver says depends on its path: /nxdomain, /address/192.0.2.1 … */
const answerLookUp: Parameters<typeof createHttpServer>[1] = (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  const [, kind, address] = pathname.split("/");
  const type = searchParams.get("type");
  const say = (body: unknown) => {
    response.writeHead(200, { "Content-Type": "application/dns-json" });
    response.end(JSON.stringify(body));
  };
  switch (kind) {
    case "nxdomain":
      return say({ Status: 3 });
    case "no-address":
      return say({ Status: 0 });
    case "servfail":
      return say({ Status: 2 });
    case "address":
      return say({ Status: 0, Answer: type === "A" ? [{ type: 1, data: address }] : [] });
    case "ipv6-only":
      return say({ Status: 0, Answer: type === "AAAA" ? [{ type: 28, data: "2001:db8::1" }] : [] });
    case "garbage":
      return say("<html>");
    case "failing":
      return response.writeHead(503).end();
    default: // "silent" answers nothing at all
  }
};

/**
 * A port whose queue of connections is full, so that a connect hangs as with a host that drops
 * packets: its thread listens and then never accepts.
 */
async function startFullPort(): Promise<{ port: number; stop(): Promise<void> }> {
  const thread = new Worker(
    `const { createServer } = require("node:net");
     const { parentPort } = require("node:worker_threads");
     const server = createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
     });`,
    { eval: true },
  );
  const port = await new Promise<number>((resolve) => thread.once("message", resolve));
  const fillers = Array.from({ length: 8 }, () => connect({ port, host: "127.0.0.1" }));
  for (const filler of fillers) filler.on("error", () => {});
  await new Promise((resolve) => fillers[0]?.once("connect", resolve));
  return {
    port,
    stop: async () => {
      for (const filler of fillers) filler.destroy();
      await thread.terminate();
    },
  };
}
