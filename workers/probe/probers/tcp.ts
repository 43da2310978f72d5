import type { Socket } from "node:net";
import type { TcpProbe } from "../../../shared/domain/probes/tcp.ts";
import { fillTemplate } from "../../../shared/template.ts";
import {
  failed,
  findLatency,
  judgeFindings,
  missingSecrets,
  prevented,
  privateTarget,
} from "./findings.ts";
import type { Attempt, ProberContext } from "./prober.ts";
import { isAtCloudflare, overSocket, SocketError } from "./socket.ts";

/** No answer is read further than this, bytes. */
export const longestAnswer = 65_536;

/** Connects once; sends and waits for an answer where the probe says so. */
export async function probeTcp(probe: TcpProbe, context: ProberContext): Promise<Attempt> {
  const { clock, timeoutMs, secrets, trace } = context;
  const refused = privateTarget(probe.host, context);
  if (refused !== null) return refused;
  const filled = probe.send === null ? null : fillTemplate(probe.send, secrets.values);
  if (filled?.ok === false) return missingSecrets(filled.missing);
  const startedAt = clock.now();
  const elapsedMs = () => Math.max(0, clock.now() - startedAt);
  const silent = { reason: "tcp-expect", detail: "connected, but no such answer" } as const;
  try {
    const problem = await overSocket(probe, timeoutMs, silent, async (socket) => {
      trace?.({ kind: "note", text: `connected after ${elapsedMs()} ms` });
      if (filled !== null) await write(filled.text, socket);
      return probe.expect === null ? null : waitFor(probe.expect, socket);
    });
    if (problem !== null) return failed("tcp-expect", problem);
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    if (!error.wasOpen && (await isAtCloudflare(probe.host, context, timeoutMs - elapsedMs()))) {
      return prevented("platform-refused", unreachable);
    }
    return failed(error.reason, error.message);
  }
  const latencyMs = elapsedMs();
  const outcome = judgeFindings(
    probe.conditions,
    (condition) => findLatency(condition, latencyMs),
    trace,
  );
  return { outcome, latencyMs, httpStatus: null };
}

/** Says of a host at Cloudflare why it cannot be probed, and how else it can. */
const unreachable =
  "the host is at Cloudflare, to which the platform opens no TCP connection: use an http monitor";

function write(text: string, socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** Reads until the text came; says what is wrong where it does not. */
async function waitFor(text: string, socket: Socket): Promise<string | null> {
  const wanted = JSON.stringify(text.length <= 80 ? text : `${text.slice(0, 80)}…`);
  const decoder = new TextDecoder();
  let seen = "";
  let bytes = 0;
  for await (const chunk of socket) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError("a socket gave no bytes");
    bytes += chunk.length;
    // Of what was looked through, only what may be the beginning of the text is kept.
    const from = Math.max(0, seen.length - text.length + 1);
    seen = seen.slice(from) + decoder.decode(chunk, { stream: true });
    if (seen.includes(text)) return null;
    if (bytes >= longestAnswer) return `${longestAnswer} bytes came without ${wanted}`;
  }
  return `the connection was closed after ${bytes} bytes without ${wanted}`;
}
