import { createServer } from "node:net";
import { RuntimeError } from "./errors.ts";

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "it is in use by another program",
  EACCES: "this user may not open it",
  EADDRNOTAVAIL: "this machine does not have that address",
};

/**
 * Asks the system for a port before anything is started, which gives a plain answer early.
 *
 * @param port 0 to 65535; 0 is any free port and always passes.
 * @throws RuntimeError `port-unavailable`.
 */
export async function requirePort(host: string, port: number): Promise<void> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RuntimeError("port-unavailable", `Port ${port} is none: allowed are 0 to 65535.`);
  }
  if (port === 0) return;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, exclusive: true }, resolve);
  }).catch((cause: NodeJS.ErrnoException) => {
    throw portUnavailable(host, port, REASONS[cause.code ?? ""] ?? cause.message);
  });
  await new Promise((resolve) => server.close(resolve));
}

export function portUnavailable(host: string, port: number, reason: string): RuntimeError {
  const message = `Port ${port} on ${host} cannot be used: ${reason}. Choose another one.`;
  return new RuntimeError("port-unavailable", message);
}
