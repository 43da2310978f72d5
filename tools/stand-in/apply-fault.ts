import type { IncomingMessage, ServerResponse } from "node:http";
import { STATUS_CODES } from "node:http";
import { type Answer, html, json, problem, send, sendHead } from "./answer.ts";
import type { Behaviour } from "./faults.ts";

/** A request that a fault hits. `answer` makes the good answer, side effects included. */
export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly isPage: boolean;
  readonly answer: () => Promise<Answer>;
};

const WRONG_PAGE = html("<!doctype html><title>Coming soon</title><p>This domain is parked.</p>\n");
const WRONG_JSON = json({ unexpected: true });
const BODY_STEP_MS = 50;

/**
 * Does to one exchange what the fault says. Resolves when the stand-in has done its part; of a
 * delayed answer, that is when the answer is sent or the client has gone.
 */
export async function applyFault(behaviour: Behaviour, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  switch (behaviour.kind) {
    case "refuse":
      request.socket.destroy();
      return;
    case "reset":
      request.socket.resetAndDestroy();
      return;
    case "hang":
      return;
    case "slow":
      if (await stillOpenAfter(response, behaviour.delayMs))
        send(response, await exchange.answer());
      return;
    case "slow-body":
      await dribble(response, await exchange.answer(), behaviour.durationMs);
      return;
    case "status":
      send(response, statusAnswer(behaviour.status));
      return;
    case "wrong-body":
      send(response, wrongAnswer(behaviour.body, exchange.isPage));
      return;
    default:
      behaviour satisfies never;
  }
}

/** A redirect without a target would be a fault of another kind, so it gets one. */
function statusAnswer(status: number): Answer {
  const isRedirect = status >= 300 && status < 400 && status !== 304;
  const title = STATUS_CODES[status] ?? "Unassigned status";
  const headers = isRedirect ? { location: "/" } : {};
  return problem(status, title, "A fault is set on this endpoint.", {}, headers);
}

/** A text goes out as it is, under the endpoint's own content type: broken JSON is possible. */
function wrongAnswer(
  body: Extract<Behaviour, { kind: "wrong-body" }>["body"],
  isPage: boolean,
): Answer {
  const usual = isPage ? WRONG_PAGE : WRONG_JSON;
  if (body === undefined) return usual;
  return typeof body === "string" ? { ...usual, body: Buffer.from(body) } : json(body);
}

/** Sends the head at once and the body in pieces whose last one leaves after `durationMs`. */
async function dribble(
  response: ServerResponse,
  answer: Answer,
  durationMs: number,
): Promise<void> {
  sendHead(response, answer);
  response.flushHeaders();
  const { body } = answer;
  const pieces = Math.max(1, Math.min(body.length, Math.ceil(durationMs / BODY_STEP_MS)));
  const cut = (piece: number) => Math.floor((body.length * piece) / pieces);
  for (let piece = 0; piece < pieces; piece += 1) {
    if (!(await stillOpenAfter(response, durationMs / pieces))) return;
    response.write(body.subarray(cut(piece), cut(piece + 1)));
  }
  response.end();
}

/** Waits; false at once when the connection closes meanwhile, so that no timer outlives it. */
function stillOpenAfter(response: ServerResponse, delayMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const onClose = () => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      response.off("close", onClose);
      resolve(true);
    }, delayMs);
    response.once("close", onClose);
    if (response.closed) onClose();
  });
}
