import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createRequire } from "node:module";
import type { Server } from "node:net";
import type { TlsOptions } from "node:tls";
import type { WebSocket } from "ws";

// Imported, it would be what the package has for browsers, whose conditions the tests' Vite takes.
const { WebSocketServer }: typeof import("ws") = createRequire(import.meta.url)("ws");

/**
 * A server whose path says how it behaves; what is no opening gets status 200.
 *
 * @param tls what it is served over; without it, over nothing
 */
export function webSocketServer(tls?: TlsOptions): Server {
  const sockets = new WebSocketServer({ noServer: true });
  const other: RequestListener = (_request, response) => {
    response.end("no WebSocket here");
  };
  const server = tls === undefined ? createServer(other) : createSecureServer(tls, other);
  server.on("upgrade", (request, socket, head) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const refusal = /^\/status\/(\d+)$/.exec(pathname)?.[1];
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      return;
    }
    if (pathname === "/hang") return;
    if (pathname === "/reset") {
      socket.destroy();
      return;
    }
    if (pathname === "/not-http") {
      socket.end("hello\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (one) => {
      one.on("error", () => {});
      if (pathname === "/garbage") socket.write(Buffer.alloc(64, 0xff));
      else behave(one, pathname, request.headers);
    });
  });
  return server;
}

function behave(socket: WebSocket, path: string, headers: Readonly<Record<string, unknown>>): void {
  switch (path) {
    case "/echo":
      socket.on("message", (data) => socket.send(`you said ${data.toString()}`));
      break;
    case "/binary":
      socket.send(Buffer.from("hello in bytes"));
      break;
    case "/headers":
      socket.send(`${headers["authorization"]} from ${headers["user-agent"]}`);
      break;
    case "/closes":
      socket.close(4001, "not for you");
      break;
    case "/breaks":
      socket.terminate();
      break;
    case "/chatter":
      sendForever(socket);
      break;
    default: // "/silent" says nothing
  }
}

function sendForever(socket: WebSocket): void {
  const piece = "all work and no play ".repeat(1_000);
  const send = () => socket.send(piece, (error) => error ?? send());
  send();
}
