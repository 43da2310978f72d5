import type { Server, Socket } from "node:net";

/** Servers on loopback that stop together, whatever connections are open. */
export class Loopback {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  /** Starts a server on a free port. */
  async listen(server: Server): Promise<number> {
    this.#servers.push(server);
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return address.port;
  }

  /** Starts several, each under its name. */
  async listenAll<Name extends string>(
    servers: Readonly<Record<Name, Server>>,
  ): Promise<Record<Name, number>> {
    const ports: Partial<Record<Name, number>> = {};
    for (const name in servers) ports[name] = await this.listen(servers[name]);
    const isWhole = (some: Partial<Record<Name, number>>): some is Record<Name, number> =>
      Object.keys(some).length === Object.keys(servers).length;
    if (!isWhole(ports)) throw new Error("a server did not start");
    return ports;
  }

  /** Stops them all. */
  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    for (const server of this.#servers) server.close();
  }
}

/** Writes the same bytes for as long as somebody reads them. */
export function writeForever(socket: Socket, bytes: Uint8Array): void {
  const write = () => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on("drain", write);
  write();
}
