/**
 * A receiver of alerts, a dead-man watch, a Sentry and services that take metrics and status, which
 * remember what came; and one that watches the same targets.
 */
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";
import type { receiverFaults } from "./script.ts";

/** A message as it came. */
export interface Arrival {
  /** By which a receiver knows a repetition. */
  readonly key: string;
  readonly wasTaken: boolean;
}

const bodySchema = z.object({ data: z.object({ idempotencyKey: z.string() }) });

export interface Receiver {
  readonly url: string;
  /** Messages that came since the last call. */
  arrivals(): readonly Arrival[];
  /** Signs of life that came since the last call. */
  signsOfLife(): number;
  /** What services were told since the start, as it came, without the headers in which keys belong. */
  exports(): readonly string[];
  /** Error reports that came since the start, as they came. */
  envelopes(): readonly string[];
  setFault(fault: (typeof receiverFaults)[number] | null): void;
  stop(): void;
}

/** Starts it on a free port of loopback: alerts at `/alerts`, signs of life at `/alive/…`, error reports at `/api/…`, services below `/told/` and `/watch/`. */
export async function startReceiver(): Promise<Receiver> {
  let fault: (typeof receiverFaults)[number] | null = null;
  let arrivals: Arrival[] = [];
  let alive = 0;
  const envelopes: string[] = [];
  const exports: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    if (request.url?.startsWith("/alive/")) {
      alive += 1;
      response.end();
      return;
    }
    if (request.url?.startsWith("/api/")) {
      envelopes.push(body);
      response.end("{}");
      return;
    }
    const isTold = request.url?.startsWith("/told/");
    if (isTold || request.url?.startsWith("/watch/")) {
      if (isTold) exports.push(`${request.url} ${body}`);
      if (fault === "hang") return;
      if (fault === "reset") {
        request.socket.resetAndDestroy();
        return;
      }
      response.statusCode = fault === null ? 200 : Number(fault);
      response.end(isTold ? "{}" : watched());
      return;
    }
    const { idempotencyKey: key } = bodySchema.parse(JSON.parse(body)).data;
    arrivals.push({ key, wasTaken: fault === null });
    if (fault === "hang") return;
    if (fault === "reset") {
      request.socket.resetAndDestroy();
      return;
    }
    if (fault === "429") response.setHeader("Retry-After", "60");
    response.statusCode = fault === null ? 204 : Number(fault);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    arrivals() {
      const taken = arrivals;
      arrivals = [];
      return taken;
    },
    signsOfLife() {
      const count = alive;
      alive = 0;
      return count;
    },
    envelopes: () => envelopes,
    exports: () => exports,
    setFault(next) {
      fault = next;
    },
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What a service that watches says of its one check: all is well there, seen long ago. */
function watched(): string {
  const check = { id: 1, name: "One", hostname: "netpost.example", type: "http" };
  return JSON.stringify({ checks: [{ ...check, resolution: 1, status: "up", lasttesttime: 1 }] });
}
