import { connect } from "cloudflare:sockets";
import type { Clock } from "../../../shared/clock.ts";
import { examineHead } from "./http-head.ts";

/**
 * Asks for a URL by hand, without credentials, and looks at the beginning of what comes back: fetch
 * tells a malformed answer no different from a lost connection.
 *
 * @returns what is wrong with the answer; null where none came in time, or nothing is wrong with it
 */
export async function tryAnswer(url: URL, timeoutMs: number, clock: Clock): Promise<string | null> {
  const secure = url.protocol === "https:";
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  const socket = connect(
    { hostname: url.hostname.replace(/^\[|\]$/g, ""), port },
    { secureTransport: secure ? "on" : "off", allowHalfOpen: false },
  );
  // Each fails with the same error as reading, which is the one that is looked at.
  socket.closed.catch(() => {});
  socket.opened.catch(() => {});
  const expire = clock.sleep(timeoutMs).then(() => null);
  try {
    return await Promise.race([ask(socket, url), expire]);
  } catch {
    return null;
  } finally {
    socket.close().catch(() => {});
  }
}

async function ask(socket: Socket, url: URL): Promise<string | null> {
  const request = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    "User-Agent: NetPost-Monitor (diagnosis)",
    "Connection: close",
    "",
    "",
  ];
  const writer = socket.writable.getWriter();
  await writer.write(new TextEncoder().encode(request.join("\r\n")));
  writer.releaseLock();
  const decoder = new TextDecoder("latin1");
  let text = "";
  for await (const bytes of socket.readable) {
    text += decoder.decode(bytes);
    const finding = examineHead(text);
    if (finding.kind === "malformed") return finding.why;
    if (finding.kind === "well-formed") return null;
  }
  return text === "" ? null : "it breaks off in its headers";
}
