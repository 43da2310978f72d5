/**
 * Stands in for services that are told metrics and status, or asked what they saw: it takes what
 * their published API descriptions allow, and refuses everything else as they do. Below `/<vendor>/<box>/` is a service
 * of its own; `PUT /control/<box>` says how the next requests are answered instead, and
 * `GET /control/<box>` tells what came and what a page has.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { datadogRequest, newRelicRequest, otlpRequest } from "./schemas.ts";
import { StatuspageBook, type VendorAnswer } from "./statuspage-book.ts";
import { pingdomAnswer, uptimeRobotAnswer, watchedSchema } from "./watch-services.ts";

const scriptSchema = z.strictObject({
  /** One after the other; `lost` does what is asked and breaks the connection. */
  next: z
    .array(
      z.union([
        z.literal("lost"),
        z.strictObject({
          status: z.int(),
          headers: z.record(z.string(), z.string()).default({}),
          body: z.unknown().optional(),
        }),
      ]),
    )
    .default([]),
  /** Bodies that are longer are too large. */
  maxBytes: z.int().optional(),
  /** What a service that watches has seen. */
  watched: watchedSchema.optional(),
});

type Script = z.infer<typeof scriptSchema>;

interface Came {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

class Box {
  script: Script = { next: [] };
  readonly came: Came[] = [];
  readonly page = new StatuspageBook();
}

/** Starts nothing by itself: `server.listen(port, "127.0.0.1")`. */
export class VendorServer {
  readonly #boxes = new Map<string, Box>();
  readonly server: Server = createServer((request, response) => {
    this.#handle(request, response).catch(() => response.destroy());
  });

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const { method = "", headers } = request;
    const [, first = "", name = "", ...rest] = (request.url ?? "/").split("/");
    const box = this.#boxes.get(name) ?? new Box();
    this.#boxes.set(name, box);
    if (first === "control") {
      if (method === "PUT") box.script = scriptSchema.parse(JSON.parse(body));
      const { components, incidents } = box.page;
      return give(response, 200, { requests: box.came, components, incidents });
    }
    const path = rest.join("/");
    const scripted = box.script.next.shift();
    const came = (status: number) => box.came.push({ method, path, status, headers, body });
    if (scripted !== undefined && scripted !== "lost") {
      came(scripted.status);
      return give(response, scripted.status, scripted.body, scripted.headers);
    }
    const answer = answerOf(first, path, request, body, box);
    came(answer.status);
    if (scripted === "lost") {
      response.socket?.resetAndDestroy();
      return;
    }
    give(response, answer.status, answer.body, answer.headers);
  }
}

function give(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(body === undefined ? "" : JSON.stringify(body));
}

interface Vendor {
  readonly path: string;
  readonly maxBytes: number;
  readonly isAllowed: (headers: IncomingMessage["headers"]) => boolean;
  readonly schema: z.ZodType;
  readonly success: VendorAnswer;
  readonly refused: VendorAnswer;
}

const vendors: Readonly<Record<string, Vendor>> = {
  otlp: {
    path: "v1/metrics",
    maxBytes: 20_000_000,
    isAllowed: ({ authorization }) =>
      authorization === undefined || authorization !== "Bearer wrong",
    schema: otlpRequest,
    success: { status: 200, body: { partialSuccess: {} } },
    refused: { status: 400, body: { code: 3, message: "malformed" } },
  },
  datadog: {
    path: "api/v2/series",
    maxBytes: 512_000,
    isAllowed: (headers) => /^[0-9a-f]{32}$/.test(String(headers["dd-api-key"])),
    schema: datadogRequest,
    success: { status: 202, body: { errors: [] } },
    refused: { status: 400, body: { errors: ["Bad Request"] } },
  },
  "new-relic": {
    path: "metric/v1",
    maxBytes: 1_000_000,
    isAllowed: (headers) => /^\w{40}$/.test(String(headers["api-key"])),
    schema: newRelicRequest,
    success: { status: 202, body: { requestId: "f0e7bfff-001a-b000-0000-01682bcf4565" } },
    refused: { status: 400, body: { error: "malformed" } },
  },
};

function answerOf(
  vendor: string,
  path: string,
  { method = "", headers }: IncomingMessage,
  body: string,
  { script, page }: Box,
): VendorAnswer {
  if (vendor === "pingdom") return pingdomAnswer(method, path, headers, script.watched);
  if (vendor === "uptimerobot") return uptimeRobotAnswer(method, path, body, script.watched);
  if (vendor === "statuspage") {
    const [, id, below] = /^v1\/pages\/(\w+)\/(.+)$/.exec(path) ?? [];
    if (id !== "page1" || below === undefined) return { status: 404, body: { error: "Not found" } };
    if (!/^OAuth [0-9a-f-]{36}$/.test(headers.authorization ?? "")) {
      return { status: 401, body: { error: "Could not authenticate" } };
    }
    return page.answer(method, below, body === "" ? undefined : JSON.parse(body));
  }
  const known = vendors[vendor];
  if (known === undefined || path !== known.path || method !== "POST") {
    return { status: 404, body: { errors: ["Not found"] } };
  }
  if (!known.isAllowed(headers)) return { status: 403, body: { errors: ["Forbidden"] } };
  if (headers["content-type"] !== "application/json") return { status: 415, body: undefined };
  if (Buffer.byteLength(body) > (script.maxBytes ?? known.maxBytes)) {
    return { status: 413, body: { errors: ["Payload too large"] } };
  }
  return known.schema.safeParse(JSON.parse(body)).success ? known.success : known.refused;
}
