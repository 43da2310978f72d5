import { Agent, request as sendRequest } from "node:http";
import type { FuzzedRequest } from "./generate-request.ts";
import type { FuzzedAnswer } from "./judge.ts";
import { keys } from "./world.ts";

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** Sends a request as it is: nothing tidies its path. */
export function send(apiUrl: string, request: FuzzedRequest): Promise<FuzzedAnswer> {
  const { hostname, port } = new URL(apiUrl);
  const { method, path, body, caller } = request;
  const key = caller === "nobody" ? {} : { Authorization: `Bearer ${keys[caller]}` };
  const headers = {
    ...request.headers,
    ...key,
    ...(body === null ? {} : { "Content-Length": String(body.length) }),
  };
  return new Promise((resolve, reject) => {
    const sent = sendRequest({ agent, hostname, port, method, path, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(parts).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
    });
    sent.setTimeout(30_000, () => sent.destroy(new Error("no answer within 30 s")));
    sent.on("error", reject);
    sent.end(body ?? undefined);
  });
}

/** Lets go of the connections. */
export function closeConnections(): void {
  agent.destroy();
}
