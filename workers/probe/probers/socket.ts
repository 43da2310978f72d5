import { once } from "node:events";
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectSecure } from "node:tls";
import type { FailureReason } from "../../../shared/domain/reason.ts";
import { isCloudflares } from "../region/cloudflare-ranges.ts";
import { lookUp } from "../region/look-up.ts";
import type { ProberContext } from "./prober.ts";

/** Where to connect to. */
export interface SocketTarget {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte, verified by the platform. */
  readonly tls: boolean;
}

/** Why a connection could not be made, or broke. */
export class SocketError extends Error {
  readonly reason: FailureReason;
  /** Whether there was a connection before. */
  readonly wasOpen: boolean;

  constructor(reason: FailureReason, detail: string, wasOpen: boolean) {
    super(detail);
    this.reason = reason;
    this.wasOpen = wasOpen;
  }
}

class TimedOut extends Error {}

/**
 * Opens a connection, uses it and closes it, all within `timeoutMs`.
 *
 * @param unfinished what to call it where time runs out on the open connection
 * @throws SocketError where the connection is at fault; whatever `use` throws of its own
 */
export async function overSocket<T>(
  { host, port, tls }: SocketTarget,
  timeoutMs: number,
  unfinished: { readonly reason: FailureReason; readonly detail: string },
  use: (socket: Socket) => Promise<T>,
): Promise<T> {
  // Of the two socket interfaces only Node's tells a refusal from a name that does not resolve.
  const socket = tls
    ? connectSecure({ host, port, ...(isIP(host) === 0 && { servername: host }) })
    : connectPlain({ host, port });
  const errors = new Set<unknown>();
  socket.on("error", (error) => errors.add(error));
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Raced, because a socket that is destroyed while it connects tells nobody.
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOut()), timeoutMs);
  });
  let isOpen = false;
  try {
    await Promise.race([once(socket, tls ? "secureConnect" : "connect"), expired]);
    isOpen = true;
    const using = use(socket);
    // What it throws after time has run out is of no interest.
    using.catch(() => {});
    return await Promise.race([using, expired]);
  } catch (error) {
    if (!isOpen) throw notConnected(error, tls, timeoutMs);
    if (error instanceof TimedOut) {
      throw new SocketError(unfinished.reason, `${unfinished.detail} within ${timeoutMs} ms`, true);
    }
    // An error of the socket was an event too; everything else is what `use` throws of its own.
    if (!errors.has(error)) throw error;
    throw new SocketError("connection", "the connection was reset", true);
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

function notConnected(cause: unknown, tls: boolean, timeoutMs: number): SocketError {
  if (cause instanceof TimedOut) {
    const what = tls ? "no TLS connection" : "no connection";
    return new SocketError("connect-timeout", `${what} within ${timeoutMs} ms`, false);
  }
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "ECONNREFUSED") {
    return new SocketError("connect-refused", "the connection was refused", false);
  }
  if (code === "ENOTFOUND" || code.startsWith("EAI_")) {
    return new SocketError("dns", "the name does not resolve", false);
  }
  if (code === "ETIMEDOUT") {
    return new SocketError("connect-timeout", "the connection timed out", false);
  }
  if (tls) {
    // The platform says no more than that, whatever it was about the certificate.
    const why = "no TLS, or a certificate that is not trusted or for another name";
    return new SocketError("tls", `the TLS handshake failed: ${why}`, false);
  }
  return new SocketError("connection", "no connection could be made", false);
}

/**
 * Whether a host is at Cloudflare, where the platform opens no connection for a Worker: a failure to
 * connect says nothing about it.
 */
export async function isAtCloudflare(
  host: string,
  { resolverUrl }: ProberContext,
  timeoutMs: number,
): Promise<boolean> {
  if (isIP(host) !== 0) return isCloudflares(host);
  if (timeoutMs <= 0) return false;
  const answer = await lookUp(host, resolverUrl, timeoutMs);
  return answer.kind === "addresses" && answer.addresses.some(isCloudflares);
}
