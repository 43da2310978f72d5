import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { Socket } from "node:net";

/** Longer than a tick, so that a client's kept connection is never closed just as it is used. */
const KEEP_ALIVE_MS = 120_000;
const REOPEN_TRIES = 10;
const REOPEN_PAUSE_MS = 50;

/** A port that could not be opened. `code` is Node's, such as EADDRINUSE. */
export class PortError extends Error {
  readonly code: string;
  readonly port: number;

  constructor(host: string, port: number, cause: unknown) {
    const code = errorCode(cause);
    super(`port ${port} on ${host}: ${REASONS[code] ?? `cannot be opened (${code})`}`, { cause });
    this.name = "PortError";
    this.code = code;
    this.port = port;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "already in use",
  EACCES: "may not be opened by this user",
  EADDRNOTAVAIL: "this machine does not have that address",
  ENOTFOUND: "no such host",
};

/** One HTTP port that can be closed, so that connections are refused, and opened again. */
export class Port {
  readonly #host: string;
  readonly #handler: RequestListener;
  readonly #sockets = new Set<Socket>();
  #number: number;
  #server: Server | null = null;

  /** Port 0 takes a free one on the first `open` and stays with it. */
  constructor(host: string, number: number, handler: RequestListener) {
    this.#host = host;
    this.#number = number;
    this.#handler = handler;
  }

  get url(): string {
    const host = this.#host.includes(":") ? `[${this.#host}]` : this.#host;
    return `http://${host}:${this.#number}`;
  }

  get isOpen(): boolean {
    return this.#server !== null;
  }

  /** Resolves when connections are accepted. Rejects with a {@link PortError}. */
  async open(): Promise<void> {
    if (this.#server !== null) return;
    const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, this.#handler);
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    server.listen(this.#number, this.#host);
    try {
      await once(server, "listening");
    } catch (error) {
      throw new PortError(this.#host, this.#number, error);
    }
    this.#number = numberOf(server);
    this.#server = server;
  }

  /** As `open`, but gives whoever took the number meanwhile half a second to let it go. */
  async reopen(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.open();
      } catch (error) {
        if (tries === REOPEN_TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, REOPEN_PAUSE_MS));
      }
    }
  }

  /** Refuses new connections and destroys the open ones. Resolves when all of them are gone. */
  async close(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    const closed = once(server, "close");
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function numberOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
