import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";

/** A request to Sentry's API. */
export type SentryRequest = {
  readonly method: string;
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
};

/** The part of Sentry's API by which artifact bundles are uploaded, on loopback. */
export async function startSentryApi(status = 200) {
  const requests: SentryRequest[] = [];
  const server = createServer(async (request, response) => {
    const body = (await buffer(request)).toString("latin1");
    const { method = "GET", url: path = "/" } = request;
    const { authorization = "" } = request.headers;
    const wasAsked = requests.some((one) => one.path.endsWith("/assemble/") && one.body === body);
    requests.push({ method, path, authorization, body });
    response.writeHead(status, { "Content-Type": "application/json" });
    if (status !== 200) return response.end(JSON.stringify({ detail: "Invalid token" }));
    if (path.endsWith("/chunk-upload/") && method === "GET") {
      return response.end(JSON.stringify({ ...uploadOptions, url: `${url()}${path}` }));
    }
    if (!path.endsWith("/assemble/")) return response.end("{}");
    const missing = body.match(/"chunks":(\[[^\]]*\])/)?.[1] ?? "[]";
    const state = wasAsked ? `{"state":"ok","missingChunks":[]}` : null;
    return response.end(state ?? `{"state":"not_found","missingChunks":${missing}}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = () => `http://127.0.0.1:${address.port}`;
  return { url: url(), requests, stop: () => server.close() };
}

const uploadOptions = {
  chunkSize: 8_388_608,
  chunksPerRequest: 64,
  maxFileSize: 2_147_483_648,
  maxRequestSize: 33_554_432,
  concurrency: 1,
  hashAlgorithm: "sha1",
  compression: [],
  accept: ["sources", "artifact_bundles", "artifact_bundles_v2"],
};
