/**
 * A receiver of notifications that answers as it is told. What is sent to `/<box>/…` is kept under
 * that box; `PUT /control/<box>` says how it is answered, `GET /control/<box>` gives back what came.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";

const answerSchema = z.object({
  status: z.int().default(200),
  headers: z.record(z.string(), z.string()).default({}),
  /** A text, or a value that is sent as JSON. */
  body: z.unknown().default(""),
  /**
   * `hang`: never answers; `reset`: breaks the connection; `drip`: a body without end, byte by byte;
   * `flood`: a body without end, as fast as it is read.
   */
  behaviour: z.enum(["answer", "hang", "reset", "drip", "flood"]).default("answer"),
});

type Answer = z.output<typeof answerSchema>;

/** How a request is answered. */
export type AnswerInput = z.input<typeof answerSchema>;

/** One after the other; the last one for all that follow. */
const answersSchema = z.array(answerSchema).min(1);

/** What came. */
export interface ReceivedRequest {
  readonly method: string;
  /** With the query, without the box. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** Boxes of what came, and how it is answered; can be used within this process as well. */
export class HttpReceiver {
  readonly #received = new Map<string, ReceivedRequest[]>();
  readonly #answers = new Map<string, Answer[]>();
  readonly server: Server = createServer((request, response) => {
    this.#handle(request, response).catch(() => response.destroy());
  });

  /** Says how what comes to a box is answered from now on, and forgets what came. */
  setAnswers(box: string, answers: readonly AnswerInput[]): void {
    this.#answers.set(box, answersSchema.parse(answers));
    this.#received.delete(box);
  }

  /** What came to a box, the oldest first. */
  requests(box: string): readonly ReceivedRequest[] {
    return this.#received.get(box) ?? [];
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const [, first = "", second = ""] = (request.url ?? "/").split(/[/?]/);
    if (first === "control") return this.#control(second, request, body, response);
    const { method = "", headers, url = "" } = request;
    const received = { method, headers, body, path: url.slice(first.length + 1) };
    this.#received.set(first, [...this.requests(first), received]);
    const answers = this.#answers.get(first) ?? [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    give(answer ?? answerSchema.parse({}), response);
  }

  #control(box: string, request: IncomingMessage, body: string, response: ServerResponse): void {
    if (request.method === "PUT") this.setAnswers(box, answersSchema.parse(JSON.parse(body)));
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(this.requests(box)));
  }
}

function give({ status, headers, body, behaviour }: Answer, response: ServerResponse): void {
  if (behaviour === "hang") return;
  if (behaviour === "reset") {
    response.socket?.resetAndDestroy();
    return;
  }
  const isText = typeof body === "string";
  response.writeHead(status, {
    "Content-Type": isText ? "text/plain" : "application/json",
    ...headers,
  });
  if (behaviour === "drip") drip(response);
  else if (behaviour === "flood") flood(response);
  else response.end(isText ? body : JSON.stringify(body));
}

function drip(response: ServerResponse): void {
  response.write(".");
  const timer = setInterval(() => response.write("."), 50);
  response.once("close", () => clearInterval(timer));
}

function flood(response: ServerResponse): void {
  const piece = Buffer.alloc(65_536, ".");
  const write = () => {
    while (!response.destroyed && response.write(piece));
  };
  response.on("drain", write);
  write();
}
