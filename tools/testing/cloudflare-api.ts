import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

/** A request that changes something on Cloudflare. */
export type Change = { readonly method: string; readonly path: string; readonly body: string };

export type CloudflareApi = {
  /** For CLOUDFLARE_API_BASE_URL. */
  readonly url: string;
  /** In the order in which they came; paths begin after the account. */
  readonly changes: readonly Change[];
  stop(): Promise<void>;
};

type Own = (request: Change) => unknown;
type Answer = { readonly status?: number; readonly result: unknown };

const database = { uuid: "11111111-1111-4111-8111-111111111111", name: "netpost-monitoring" };
const notFound: Answer = { status: 404, result: null };

/** The little that wrangler needs to hear to deploy into an account with nothing in it. */
const answers: readonly (readonly [RegExp, unknown])[] = [
  [/^GET \/d1\/database\/[^/]+$/, database],
  [/^POST \/d1\/database$/, database],
  [/^GET \/d1\/database\/[^/]+\/time_travel\/bookmark$/, { bookmark: "00000001-bookmark" }],
  [/^POST \/d1\/database\/[^/]+\/query$/, [{ success: true, results: [], meta: { duration: 1 } }]],
  [/^GET \/workers\/scripts\/[^/]+\/secrets$/, []],
  [/^GET \/workers\/scripts\/[^/]+\/deployments$/, { deployments: [] }],
  [/^GET \/workers\/scripts\/[^/]+\/settings$/, { bindings: [] }],
  [/^PUT \/workers\/scripts\/[^/]+$/, { id: "script", startup_time_ms: 1 }],
  [/^GET \/workers\/workers\/[^/]+$/, { subdomain: { enabled: false, previews_enabled: false } }],
  [/subdomain$/, { subdomain: "somebody", enabled: false, previews_enabled: false }],
];

/**
 * Cloudflare's API as an empty account answers, on loopback. It is not Cloudflare: what it proves is
 * the order of what we ask for.
 *
 * @param refuses a change to answer with 403
 * @param answersOwn what to answer in place of the usual; undefined: the usual
 */
export async function startCloudflareApi(
  refuses: (change: Change) => boolean = () => false,
  answersOwn: Own = () => undefined,
): Promise<CloudflareApi> {
  const changes: Change[] = [];
  const answerTo = (change: Change): Answer => {
    const { method, path } = change;
    if (method !== "GET") changes.push(change);
    const own = answersOwn(change);
    if (own !== undefined) return { result: own };
    if (refuses(change)) return { status: 403, result: null };
    const isMade = changes.some((one) => one.method === "POST" && one.path === "/d1/database");
    if (/^\/workers\/services\/[^/]+$/.test(path)) return notFound;
    if (/^\/d1\/database\/[^/]+$/.test(path) && !isMade) return notFound;
    const known = answers.find(([pattern]) => pattern.test(`${method} ${path}`));
    return { result: known?.[1] ?? {} };
  };

  const server = createServer(async (request, response) => {
    const { status = 200, result } = answerTo(await readChange(request));
    const success = status < 400;
    // 10090 is how Cloudflare says that there is no such Worker.
    const errors = success ? [] : [{ code: status === 404 ? 10090 : 10000, message: "refused" }];
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify({ success, result, errors, messages: [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/client/v4`,
    changes,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function readChange(request: IncomingMessage): Promise<Change> {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const path = pathname.replace(/^\/client\/v4\/accounts\/[^/]+/, "");
  return { method: request.method ?? "GET", path, body: await text(request) };
}
