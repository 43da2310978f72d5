import type { IncomingMessage, RequestListener } from "node:http";
import type { z } from "zod";
import { type Answer, json, noContent, problem, send } from "./answer.ts";
import { describeMistakes, mistakesLine } from "./fault-issues.ts";
import type { FaultSet } from "./fault-set.ts";
import { faultListSchema, faultSchema, MOST_FAULTS } from "./faults.ts";
import { PortError } from "./port.ts";
import { readJson } from "./request-body.ts";
import type { Traffic } from "./traffic.ts";

type ControlParts = {
  readonly faults: FaultSet;
  readonly traffic: Traffic;
  /** Opens or closes the main port as the faults now ask. */
  readonly settle: () => Promise<void>;
};

const BODY_LIMIT_BYTES = 1_048_576;
const FAULT_BY_ID = /^\/faults\/([^/]+)$/;
const ROUTES = [
  "GET, PUT, POST, DELETE /faults",
  "DELETE /faults/:id",
  "GET, DELETE /requests",
].join("; ");

/** The control API: sets faults and tells what was asked. It has its own port. */
export function createControlHandler(parts: ControlParts): RequestListener {
  return (request, response) => {
    answerControl(parts, request)
      .catch(controlFailure)
      .then((answer) => send(response, answer))
      .catch(() => response.destroy());
  };
}

async function answerControl(parts: ControlParts, request: IncomingMessage): Promise<Answer> {
  const url = new URL(request.url ?? "/", "http://control");
  const id = FAULT_BY_ID.exec(url.pathname)?.[1];
  const name = id === undefined ? url.pathname : "/faults/:id";
  switch (`${request.method} ${name}`) {
    case "GET /faults":
      return json({ faults: parts.faults.list() });
    case "PUT /faults":
      return replaceFaults(parts, request);
    case "POST /faults":
      return addFault(parts, request);
    case "DELETE /faults":
      parts.faults.clear();
      await parts.settle();
      return noContent();
    case "DELETE /faults/:id":
      return removeFault(parts, id ?? "");
    case "GET /requests":
      return showRequests(parts, url.searchParams.get("since"));
    case "DELETE /requests":
      parts.traffic.clear();
      return noContent();
    default:
      return problem(404, "Not found", `The control API has: ${ROUTES}.`);
  }
}

async function replaceFaults(parts: ControlParts, request: IncomingMessage): Promise<Answer> {
  const body = await readJson(request, BODY_LIMIT_BYTES);
  if (!body.ok) return body.answer;
  const parsed = faultListSchema.safeParse(body.value);
  if (!parsed.success) return invalidFault(parsed.error, body.value);
  parts.faults.replace(parsed.data.faults);
  await parts.settle();
  return json({ faults: parts.faults.list() });
}

async function addFault(parts: ControlParts, request: IncomingMessage): Promise<Answer> {
  const body = await readJson(request, BODY_LIMIT_BYTES);
  if (!body.ok) return body.answer;
  const parsed = faultSchema.safeParse(body.value);
  if (!parsed.success) return invalidFault(parsed.error, body.value);
  if (parts.faults.size >= MOST_FAULTS) {
    return problem(409, "Too many faults", `At most ${MOST_FAULTS} faults can be set.`);
  }
  const fault = parts.faults.add(parsed.data);
  await parts.settle();
  return json(fault, 201, { location: `/faults/${fault.id}` });
}

async function removeFault(parts: ControlParts, id: string): Promise<Answer> {
  if (!parts.faults.remove(id)) return problem(404, "Not found", "There is no fault of that id.");
  await parts.settle();
  return noContent();
}

function showRequests(parts: ControlParts, since: string | null): Answer {
  if (since === null) return json(parts.traffic.summary());
  const sinceMs = /^\d+$/.test(since) ? Number(since) : Date.parse(since);
  if (Number.isNaN(sinceMs)) {
    const message = "must be epoch milliseconds or an ISO 8601 time";
    return problem(400, "Invalid request", `since ${message}`, {
      errors: [{ field: "since", message }],
    });
  }
  return json(parts.traffic.summary(sinceMs));
}

function invalidFault(error: z.ZodError, input: unknown): Answer {
  const errors = describeMistakes(error, input);
  return problem(400, "Invalid fault", mistakesLine(errors), { errors });
}

/** The faults are as asked; only the port could not follow, and the next change tries again. */
function controlFailure(error: unknown): Answer {
  if (error instanceof PortError) return problem(503, "Main port is closed", error.message);
  return problem(500, "Internal error", "The stand-in itself failed: this is a bug in it.");
}
