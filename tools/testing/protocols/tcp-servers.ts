import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { selfSigned } from "../self-signed.ts";
import {
  expiredLeaf,
  intermediate,
  leafKey,
  otherNameLeaf,
  trustedChain,
  trustedLeaf,
} from "../trusted-chain.ts";
import { writeForever } from "./loopback.ts";
import type { TcpServerName } from "./names.ts";

/** One server for each way in which what is connected to may behave. */
export function tcpServers(): Record<TcpServerName, Server> {
  const serve = (answer: (socket: Socket) => void) => createServer(answer);
  return {
    greeting: serve((socket) => socket.write("220 mail.netpost.example ready\r\n")),
    pong: serve((socket) =>
      socket.on("data", (data) => {
        socket.write(
          data.toString() === "PING t0ken\r\n" ? "+PONG\r\n" : "-ERR unknown command\r\n",
        );
      }),
    ),
    silent: serve(() => {}),
    // What is waited for comes byte by byte, in the middle of a character too.
    pieces: serve((socket) => writeBytewise(socket, Buffer.from("before größe after"))),
    reset: serve((socket) => socket.once("data", () => socket.resetAndDestroy())),
    closing: serve((socket) => socket.end("220 not for you\r\n")),
    endless: serve((socket) => writeForever(socket, Buffer.alloc(16_384, "all work and no play "))),
    untrusted: createTlsServer(selfSigned, greet),
    trusted: createTlsServer(trustedChain, greet),
    trustedWithoutIntermediate: createTlsServer({ cert: trustedLeaf, key: leafKey }, greet),
    trustedForAnother: createTlsServer({ cert: otherNameLeaf + intermediate, key: leafKey }, greet),
    trustedOnce: createTlsServer({ cert: expiredLeaf + intermediate, key: leafKey }, greet),
  };
}

function greet(socket: Socket): void {
  socket.write("hello");
}

function writeBytewise(socket: Socket, bytes: Uint8Array): void {
  const [first, ...rest] = bytes;
  if (first === undefined) return;
  socket.write(Uint8Array.of(first), () =>
    setImmediate(writeBytewise, socket, Uint8Array.from(rest)),
  );
}
