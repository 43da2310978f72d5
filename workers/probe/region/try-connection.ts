import { connect as connectSocket } from "cloudflare:sockets";
import { connect } from "node:net";
import type { Clock } from "../../../shared/clock.ts";

/** What became of a TCP connect. */
export type Connection = "open" | "refused" | "timeout" | "failed";

/**
 * Opens a TCP connection and closes it again.
 *
 * @returns `failed` where the platform says no more than that; never throws
 */
export function tryConnect(host: string, port: number, timeoutMs: number): Promise<Connection> {
  return new Promise((resolve) => {
    // Of the two socket interfaces only Node's tells a refusal from other failures.
    const socket = connect({ host, port });
    const end = (connection: Connection) => {
      clearTimeout(timer);
      resolve(connection);
      socket.destroy();
    };
    const timer = setTimeout(end, timeoutMs, "timeout");
    socket.once("connect", () => end("open"));
    socket.on("error", (error) => {
      end("code" in error && error.code === "ECONNREFUSED" ? "refused" : "failed");
    });
  });
}

/** What became of a TLS handshake. */
export type Handshake = "done" | "failed" | "timeout" | "not-connected";

/**
 * Opens a TCP connection, does a TLS handshake that checks certificate and name, and closes.
 *
 * @returns `not-connected` where it did not come to a handshake; never throws
 */
export async function tryHandshake(
  host: string,
  port: number,
  timeoutMs: number,
  clock: Clock,
): Promise<Handshake> {
  const sockets: Socket[] = [];
  const open = (socket: Socket): Promise<SocketInfo> => {
    sockets.push(socket);
    // Rejects with the same error as `opened`, which is the one that is looked at.
    socket.closed.catch(() => {});
    return socket.opened;
  };
  const shake = async (): Promise<Handshake> => {
    const options = { secureTransport: "starttls", allowHalfOpen: false } as const;
    const plain = connectSocket({ hostname: host, port }, options);
    try {
      await open(plain);
    } catch {
      return "not-connected";
    }
    try {
      await open(plain.startTls());
      return "done";
    } catch {
      return "failed";
    }
  };
  const expire = clock.sleep(timeoutMs).then((): Handshake => "timeout");
  const outcome = await Promise.race([shake().catch((): Handshake => "not-connected"), expire]);
  for (const socket of sockets) socket.close().catch(() => {});
  return outcome;
}
