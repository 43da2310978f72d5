import { once } from "node:events";
import { connect } from "node:net";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { type StandIn, type StandInOptions, startStandIn } from "./index.ts";

/** A stand-in that stops when the test is over. */
export async function standInForTest(options: StandInOptions = {}): Promise<StandIn> {
  const standIn = await startStandIn(options);
  onTestFinished(() => standIn.stop());
  return standIn;
}

/** Headers of a probe from `region`. */
export function from(region: string) {
  return { "user-agent": `NetPost-Monitor/0.1.0 (${region}; +https://netpost.example/monitoring)` };
}

const problemSchema = z.object({
  detail: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).default([]),
});

/** The body of an answer that says what was wrong. */
export async function problemOf(response: Response) {
  return problemSchema.parse(await response.json());
}

/** What a client saw on the wire. Times in ms since the request left. */
export type WireView = {
  readonly text: string;
  readonly error: string | null;
  readonly chunks: readonly { readonly atMs: number; readonly length: number }[];
  readonly closedAtMs: number;
};

/** One `GET` over a bare socket, whose view is complete when the socket has closed. */
export function rawGet(url: string, headers: Record<string, string> = {}) {
  const { hostname, port, pathname } = new URL(url);
  const startedAt = performance.now();
  const since = () => performance.now() - startedAt;
  const chunks: { atMs: number; length: number }[] = [];
  let text = "";
  let error: string | null = null;
  const socket = connect(Number(port), hostname);
  socket.on("error", (cause: NodeJS.ErrnoException) => {
    error = cause.code ?? cause.message;
  });
  socket.on("data", (bytes) => {
    text += bytes.toString("utf8");
    chunks.push({ atMs: since(), length: bytes.length });
  });
  const lines = Object.entries({ host: hostname, connection: "close", ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.write(`GET ${pathname} HTTP/1.1\r\n${head}\r\n`);
  const seen = (): WireView => ({ text, error, chunks, closedAtMs: since() });
  const closed = new Promise<WireView>((resolve) => socket.once("close", () => resolve(seen())));
  return { socket, seen, closed };
}

/** `connected`, or the error code of trying to. */
export async function tryConnect(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, "connect");
    return "connected";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "failed";
  } finally {
    socket.destroy();
  }
}
