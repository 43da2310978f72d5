import type { RequestListener } from "node:http";
import { type Answer, problem, send } from "./answer.ts";
import { applyFault } from "./apply-fault.ts";
import type { Netpost } from "./endpoints.ts";
import type { FaultSet } from "./fault-set.ts";
import { endpointPathOf } from "./paths.ts";
import { regionOf } from "./region.ts";
import type { Traffic } from "./traffic.ts";

/** The whole life of one request: route, decide on a fault, count, then answer or misbehave. */
export function createRequestHandler(parts: {
  readonly netpost: Netpost;
  readonly faults: FaultSet;
  readonly traffic: Traffic;
  readonly log: (line: string) => void;
}): RequestListener {
  const { netpost, faults, traffic, log } = parts;
  return (request, response) => {
    const url = request.url ?? "/";
    const mark = url.indexOf("?");
    const pathname = mark === -1 ? url : url.slice(0, mark);
    const call = { request, pathname, query: mark === -1 ? "" : url.slice(mark + 1) };
    const endpoint = endpointPathOf(pathname);
    const region = regionOf(request.headers["user-agent"]);
    const behaviour = faults.size === 0 ? null : faults.decide({ pathname, endpoint, region });
    traffic.record(endpoint, region, behaviour?.kind ?? "answered");

    const fail = (error: unknown) => {
      // A client that went away while its body was read is no fault of ours.
      if (request.destroyed && !request.complete) return;
      log(`${call.pathname}: ${error instanceof Error ? error.message : String(error)}`);
      const detail = "The stand-in itself failed: this is a bug in it.";
      if (!response.headersSent) send(response, problem(500, "Internal error", detail));
    };

    if (behaviour !== null) {
      const answer = async (): Promise<Answer> => netpost(endpoint, call);
      applyFault(behaviour, { request, response, isPage: endpoint === "/", answer }).catch(fail);
      return;
    }
    const answer = netpost(endpoint, call);
    if (answer instanceof Promise) answer.then((made) => send(response, made)).catch(fail);
    else send(response, answer);
  };
}
