import type { FuzzedApi, FuzzedOperation } from "./document.ts";
import { nastyText, nastyValue } from "./nasty.ts";
import { type Random, randomFor } from "./random.ts";
import { valueFor } from "./values.ts";

/** Who asks. */
export const callers = ["nobody", "stranger", "reader", "admin"] as const;
export type Caller = (typeof callers)[number];

export interface FuzzedRequest {
  readonly number: number;
  readonly caller: Caller;
  /** The operation that it was made of; where the path is bent, it may reach another or none. */
  readonly operation: FuzzedOperation;
  readonly method: string;
  /** As it stands in the request line: printable ASCII without spaces. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

/** What an admin must not cause here: they ask the world outside, and take their time. */
const slow = new Set(["probeMonitor", "runBenchmark", "testChannel"]);

/** The request of a number, which a seed decides: to ask it again, both are enough. */
export function generateRequest(api: FuzzedApi, seed: number, number: number): FuzzedRequest {
  const random = randomFor(seed, number);
  const operation = random.pick(api.operations);
  const wished = random.pick<Caller>([...callers, "reader", "admin"]);
  const caller = wished === "admin" && slow.has(operation.operationId) ? "reader" : wished;
  const method = random.percent(4)
    ? random.pick(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PROPFIND"])
    : operation.method;
  const headers = headersFor(operation, random);
  const body = bodyFor(api, operation, method, headers, random);
  return {
    number,
    caller,
    operation,
    method,
    path: pathFor(api, operation, random),
    headers,
    body,
  };
}

function pathFor(api: FuzzedApi, operation: FuzzedOperation, random: Random): string {
  const value = ({ example, schema }: FuzzedOperation["parameters"][number]) => {
    if (random.percent(25)) return nastyText(random);
    if (example !== undefined && random.percent(50)) return String(example);
    const made = valueFor(schema, api.schemas, random, 5);
    return typeof made === "object" ? JSON.stringify(made) : String(made);
  };
  const { parameters } = operation;
  let path = operation.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
    const parameter = parameters.find((one) => one.name === name);
    return parameter ? encode(value(parameter)) : "x";
  });
  if (random.percent(5)) path = bent(path, random);
  const query = parameters
    .filter(({ in: place, required }) => place === "query" && (required || random.percent(40)))
    .flatMap((parameter) => {
      const pair = () => `${encode(parameter.name)}=${encode(value(parameter))}`;
      return random.percent(5) ? [pair(), pair()] : [pair()];
    });
  if (random.percent(6)) query.push(`${encode(nastyText(random))}=${encode(nastyText(random))}`);
  if (random.percent(2))
    query.push(random.pick(["&&", "=", "%", "%zz", "%ff%fe", "a[]=1&a[b]=2", "?"]));
  const text = query.length === 0 ? path : `${path}?${query.join("&")}`;
  return text.slice(0, 12_000);
}

function bent(path: string, random: Random): string {
  const half = 1 + random.below(Math.max(1, path.length - 1));
  return random.pick([
    `${path}/`,
    `${path}//`,
    path.replace("/api/", "//api//"),
    path.replace("/api/", "/api/./"),
    path.replace("/api/", "/api/status/../"),
    path.replace("/api/monitoring", "/api/status/%2e%2e/monitoring"),
    path.replace("/monitoring/", "/%6donitoring/"),
    path.replace("/monitoring/", "/monitoring%2f"),
    path.replace("/monitoring/", "/MONITORING/"),
    path.replace("/monitoring/", "/monitoring;x=1/"),
    `${path}%00`,
    `${path}.json`,
    `${path}%`,
    `${path}#x`,
    `${path.slice(0, half)}%2F${path.slice(half)}`,
    `http://other.example${path}`,
  ]);
}

function headersFor(operation: FuzzedOperation, random: Random): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { name, in: place } of operation.parameters) {
    if (place === "header" && random.percent(50)) headers[name] = headerText(random);
  }
  if (random.percent(8)) {
    const name = random.pick([
      "Accept",
      "Accept-Encoding",
      "If-None-Match",
      "If-Modified-Since",
      "Origin",
      "Range",
      "Cookie",
      "X-Forwarded-For",
      "X-Forwarded-Host",
      "X-HTTP-Method-Override",
      "X-Original-URL",
      "X-Request-Id",
      "CF-Connecting-IP",
      "Cf-Access-Jwt-Assertion",
      "Access-Control-Request-Method",
      "Referer",
      "User-Agent",
    ]);
    headers[name] = headerText(random);
  }
  return headers;
}

function bodyFor(
  api: FuzzedApi,
  operation: FuzzedOperation,
  method: string,
  headers: Record<string, string>,
  random: Random,
): Buffer | null {
  const schema = operation.requestBody?.content["application/json"]?.schema;
  if (method === "GET" || method === "HEAD") return null;
  if (schema === undefined && !random.percent(15)) return null;
  if (!random.percent(6)) {
    headers["Content-Type"] = random.percent(94)
      ? "application/json"
      : random.pick([
          "text/plain",
          "application/x-www-form-urlencoded",
          "application/json; charset=utf-16",
          "multipart/form-data",
          headerText(random),
        ]);
  }
  const whole = random.percent(8)
    ? nastyValue(random)
    : valueFor(schema ?? {}, api.schemas, random, random.pick([0, 0, 3, 10]));
  const text = JSON.stringify(whole) ?? "";
  if (random.percent(90)) return Buffer.from(text);
  return random.pick([
    () => Buffer.from(text.slice(0, random.below(text.length + 1))),
    () => Buffer.from(`${text}}`),
    () => Buffer.from('{"a":1,"a":2}'),
    () => Buffer.from([0xff, 0xfe, 0x00, 0x7b]),
    () => Buffer.from([0x22, 0xc3, 0x28, 0x22]),
    () => Buffer.from(`${"[".repeat(30_000)}`),
    () => Buffer.from(JSON.stringify("x".repeat(70_000))),
    () => Buffer.from(JSON.stringify({ __proto__x: 1 }).replace("__proto__x", "__proto__")),
    () => Buffer.alloc(0),
  ])();
}

/** What a request line may hold; lone surrogates have no encoding and are sent as what is said of them. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Latin-1 without control characters, as Node insists. */
function headerText(random: Random): string {
  return nastyText(random)
    .replaceAll(/[^\x20-\x7e\xa0-\xff]/g, "?")
    .slice(0, 4_000);
}
