/** What the routes do not say each for itself: problems that any may answer, headers, keys, tags. */
import { impliedProblems } from "../../shared/contract/api/implied-problems.ts";
import { pascal } from "./contract-schemas.ts";
import { isObject } from "./hoist.ts";
import { parameterWords } from "./parameter-words.ts";
import type { ApiSource, Json } from "./read-app.ts";

const problemReference = { $ref: "#/components/schemas/Problem" };
const problemContent = { "application/problem+json": { schema: problemReference } };
const requestId = { "X-Request-Id": { $ref: "#/components/headers/RequestId" } };

/** In this order on the reference page. A route that names another tag is refused. */
export const tags: Readonly<Record<string, string>> = {
  status: "For status pages and people; no key is needed.",
  monitors: "What is monitored, and how it is now.",
  outages: "Outages of single monitors, as the recording decided them.",
  availability: "Availability, error budgets and indicators, over any window.",
  performance: "Response times, error rates and throughput; benchmarks.",
  metrics: "Values of probes and pushed ones, against their thresholds.",
  reports: "SLA reports that can be computed again.",
  maintenance: "Planned time.",
  alerts: "What fires, and why people were told or were not.",
  rules: "Alert rules.",
  escalations: "Who is told when, and who is on call.",
  incidents: "What people handle, and how.",
  silences: "What operators mute.",
  notifications: "What was sent, and how fast.",
  channels: "By which ways people are told.",
  heartbeats: "Jobs of NetPost's that call in.",
  health: "The monitoring's own health, and NetPost's full assessment.",
  access: "Keys: who may use this API.",
  audit: "Who changed what, and when.",
  configuration: "Monitors as code: what is in force, and what was.",
  documentation: "This document.",
};

const responses: Readonly<Record<string, Json>> = {
  InvalidRequest: {
    description: "A parameter or a field is not valid; `errors` names it and what is allowed",
  },
  Unauthorized: { description: "No key, or a wrong one" },
  Forbidden: { description: "Not with this key" },
  Conflict: { description: "Not possible as things are; `detail` says why" },
  BodyTooLarge: { description: "The body is longer than is taken" },
  TooManyRequests: { description: "More requests than are taken; Retry-After says when" },
  Failure: { description: "Our fault; logged under the requestId" },
  DatabaseUnavailable: { description: "The database does not answer; Retry-After says when" },
};

const componentOf: Readonly<Record<string, string>> = {
  "400": "InvalidRequest",
  "401": "Unauthorized",
  "403": "Forbidden",
  "409": "Conflict",
  "413": "BodyTooLarge",
  "429": "TooManyRequests",
  "500": "Failure",
  "503": "DatabaseUnavailable",
};

interface Parts {
  readonly version: string;
  readonly paths: Json;
  readonly scopeOf: ApiSource["scopeOf"];
  readonly schemas: Readonly<Record<string, Json>>;
}

/** The whole document, OpenAPI 3.1. */
export function completeDocument({ version, paths, schemas, scopeOf }: Parts): Json {
  const ownResponses: Record<string, Json> = {};
  const completed = Object.fromEntries(
    Object.entries(paths).map(([path, item]) => [
      path,
      Object.fromEntries(
        Object.entries(isObject(item) ? item : {}).map(([method, operation]) => [
          method,
          isObject(operation)
            ? completeOperation(scopeOf, method.toUpperCase(), path, operation, ownResponses)
            : operation,
        ]),
      ),
    ]),
  );
  const used = JSON.stringify(completed);
  const shared = Object.entries(responses)
    .filter(([name]) => used.includes(`#/components/responses/${name}"`))
    .map(([name, { description }]) => [
      name,
      { description, headers: headersOf(name), content: problemContent },
    ]);
  return {
    openapi: "3.1.0",
    info: {
      title: "NetPost monitoring",
      version,
      summary: "Whether NetPost works, since when, and what is done about it",
      description,
      license: { name: "Proprietary", identifier: "LicenseRef-Proprietary" },
      contact: { name: "NetPost operations", url: "https://netpost.example/monitoring" },
    },
    servers: [{ url: "/", description: "Where this document was read" }],
    tags: Object.entries(tags)
      .filter(([name]) => used.includes(`"tags":["${name}"]`))
      .map(([name, words]) => ({ name, description: words })),
    security: [],
    paths: completed,
    components: {
      schemas,
      responses: { ...Object.fromEntries(shared), ...ownResponses },
      headers: {
        RequestId: {
          description: "Ours, for every request; our log names it",
          schema: { type: "string", format: "uuid" },
        },
        RetryAfter: { description: "Seconds", schema: { type: "integer", minimum: 1 } },
        RateLimit: {
          description: "The limit that the request went beyond, and seconds until it counts anew",
          schema: { type: "string" },
          example: '"address";r=0;t=60',
        },
        RateLimitPolicy: {
          description: "The limits by which the request was counted: how many in how many seconds",
          schema: { type: "string" },
          example: '"address";q=600;w=60, "key";q=1200;w=60',
        },
        Challenge: { description: "How to send a key", schema: { type: "string" } },
      },
      securitySchemes: {
        key: {
          type: "http",
          scheme: "bearer",
          description: "MONITORING_API_KEY, ADMIN_TOKEN, or a key that an admin issued",
        },
        access: {
          type: "apiKey",
          in: "header",
          name: "Cf-Access-Jwt-Assertion",
          description: "Set by Cloudflare Access, where it is configured",
        },
      },
    },
  };
}

const description = `JSON throughout. Times are ISO 8601 in UTC, durations name their unit.

Errors are problem documents (RFC 9457) with a stable \`type\`; \`errors\` names each field that is not valid and what is allowed. Every answer has an \`X-Request-Id\`.

The roles of a route's security are the scope that its key needs. \`fields\` makes an answer smaller: of a list it chooses members of the items, of any other document its own.

Lists that grow are read a page at a time: \`limit\` says how many, \`nextCursor\` of an answer is the \`cursor\` of the next request, null on the last page.`;

function completeOperation(
  scopeOf: ApiSource["scopeOf"],
  method: string,
  path: string,
  operation: Json,
  own: Record<string, Json>,
): Json {
  const { operationId, summary, description: words, tags: named, parameters, ...rest } = operation;
  const declared = isObject(operation["responses"]) ? operation["responses"] : {};
  const statuses = new Set([
    ...Object.keys(declared),
    ...impliedProblems(path, "requestBody" in operation).map(String),
  ]);
  const answers = [...statuses]
    .sort()
    .map((status) => [status, completeResponse(status, declared[status], own)]);
  const isGuarded = path.startsWith("/api/monitoring/");
  const scope = scopeOf(method, path);
  const all = [
    ...(Array.isArray(parameters) ? parameters : []),
    ...(method === "GET" && hasDocument(declared["200"]) ? [fieldsParameter] : []),
  ];
  return {
    operationId,
    tags: named,
    summary,
    ...(words === undefined ? {} : { description: words }),
    security: isGuarded ? [{ key: [scope] }, { access: [scope] }] : [],
    ...(all.length > 0 ? { parameters: all.map(withWords) } : {}),
    ...rest,
    responses: Object.fromEntries(answers),
  };
}

/** Taken by every route that answers with a document, before the route sees the request. */
const fieldsParameter = { name: "fields", in: "query", schema: { type: "string" } };

/** Whether an answer's members have names, of which some can be chosen. */
function hasDocument(response: unknown): boolean {
  const content = isObject(response) ? response["content"] : undefined;
  const json = isObject(content) ? content["application/json"] : undefined;
  const schema = isObject(json) ? json["schema"] : undefined;
  return isObject(schema) && ["$ref", "properties", "anyOf", "oneOf"].some((key) => key in schema);
}

function completeResponse(status: string, declared: unknown, own: Record<string, Json>): Json {
  const component = componentOf[status];
  if (!isObject(declared)) return { $ref: `#/components/responses/${component}` };
  if (!isPlainProblem(declared))
    return { ...declared, headers: { ...headersIn(declared), ...requestId } };
  if (component !== undefined) return { $ref: `#/components/responses/${component}` };
  // "No such rule, or none is taken here" is NoSuchRule.
  const name = pascal(String(declared["description"]).split(/[,;:]/)[0] ?? status);
  own[name] ??= { ...declared, headers: requestId };
  return { $ref: `#/components/responses/${name}` };
}

function headersIn(response: Json): Json {
  return isObject(response["headers"]) ? response["headers"] : {};
}

function headersOf(name: string): Json {
  const waits = name === "TooManyRequests" || name === "DatabaseUnavailable";
  return {
    ...requestId,
    ...(waits ? { "Retry-After": { $ref: "#/components/headers/RetryAfter" } } : {}),
    ...(name === "TooManyRequests"
      ? {
          RateLimit: { $ref: "#/components/headers/RateLimit" },
          "RateLimit-Policy": { $ref: "#/components/headers/RateLimitPolicy" },
        }
      : {}),
    ...(name === "Unauthorized"
      ? { "WWW-Authenticate": { $ref: "#/components/headers/Challenge" } }
      : {}),
  };
}

function isPlainProblem({ content }: Json): boolean {
  return JSON.stringify(content) === JSON.stringify(problemContent);
}

function withWords(parameter: unknown): unknown {
  if (!isObject(parameter)) return parameter;
  const { name, in: place, required, description: own, schema, ...rest } = parameter;
  const words = typeof name === "string" ? parameterWords[name] : undefined;
  const { description: _, ...plain } = isObject(schema) ? schema : {};
  const example = fitting(exampleOf(plain) ?? words?.example, plain);
  return {
    name,
    in: place,
    description: own ?? words?.description,
    required: required ?? false,
    schema: plain,
    ...(example === undefined ? {} : { example }),
    ...rest,
  };
}

/** A parameter is text in an address, whatever is made of it; many ids are numbers. */
function fitting(example: unknown, { type, pattern }: Json): unknown {
  if (type !== "string" || example === undefined) return example;
  const text = String(example);
  return typeof pattern === "string" && !new RegExp(pattern).test(text) ? "42" : text;
}

/** Of a closed list its first word: another's would not be valid. */
function exampleOf(schema: Json): unknown {
  if ("example" in schema || "default" in schema) return schema["example"] ?? schema["default"];
  return Array.isArray(schema["enum"]) ? schema["enum"][0] : undefined;
}
