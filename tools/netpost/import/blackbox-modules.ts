/** Modules of blackbox_exporter: what is sent, and what makes a probe succeed. */
import { z } from "zod";
import { dialogueOf, dialogueSchema, literalIn } from "./blackbox-dialogue.ts";
import { given, type Notes, some } from "./imported.ts";
import { headersOf, methodOf, secretFor, statusDemand, statusSetting } from "./requests.ts";

const strings = z.array(z.string()).default([]);
const headerMatch = z.array(
  z.looseObject({
    header: z.string(),
    regexp: z.string(),
    allow_missing: z.boolean().default(false),
  }),
);

/** A value, or in newer files `values`, `secrets` and `files` with one each for every value. */
const headerValues = z
  .record(
    z.string(),
    z.union([z.string(), z.looseObject({ values: strings, secrets: strings, files: strings })]),
  )
  .default({});

const httpSchema = z.looseObject({
  valid_status_codes: z.array(z.int()).default([]),
  accept_any_response: z.boolean().default(false),
  method: z.string().optional(),
  headers: z.record(z.string(), z.string()).default({}),
  http_headers: headerValues,
  body: z.string().optional(),
  follow_redirects: z.boolean().default(true),
  no_follow_redirects: z.boolean().default(false),
  fail_if_body_matches_regexp: strings,
  fail_if_body_not_matches_regexp: strings,
  fail_if_header_matches: headerMatch.default([]),
  fail_if_header_not_matches: headerMatch.default([]),
  fail_if_ssl: z.boolean().default(false),
  fail_if_not_ssl: z.boolean().default(false),
  basic_auth: z.looseObject({ username: z.string() }).optional(),
  bearer_token: z.string().optional(),
  authorization: z.looseObject({ type: z.string().default("Bearer") }).optional(),
});

const tcpSchema = z.looseObject({
  tls: z.boolean().default(false),
  query_response: dialogueSchema,
});
const dnsSchema = z.looseObject({ query_name: z.string(), query_type: z.string().default("ANY") });
const webSocketSchema = z.looseObject({
  headers: headerValues,
  http_config: z.record(z.string(), z.unknown()).nullish(),
  query_response: dialogueSchema,
});

/** A section that has nothing but its name is there, and empty. */
const section = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => value ?? {}, schema);

/** A module of `blackbox.yml`. */
export const moduleSchema = z.looseObject({
  prober: z.string(),
  timeout: z.string().optional(),
  http: section(httpSchema),
  tcp: section(tcpSchema),
  dns: dnsSchema.nullish(),
  websocket: section(webSocketSchema),
});

export type Module = z.output<typeof moduleSchema>;

/** Of the exporter's own file; used where no modules file is given. */
export const usualModules: ReadonlyMap<string, Module> = new Map(
  Object.entries({
    http_2xx: { prober: "http" },
    http_post_2xx: { prober: "http", http: { method: "POST" } },
    tcp_connect: { prober: "tcp" },
    pop3s_banner: { prober: "tcp", tcp: { tls: true, query_response: [{ expect: "^+OK" }] } },
    ssh_banner: { prober: "tcp", tcp: { query_response: [{ expect: "^SSH-2.0-" }] } },
    websocket: { prober: "websocket" },
    grpc: { prober: "grpc" },
    grpc_plain: { prober: "grpc" },
    icmp: { prober: "icmp" },
    icmp_ttl5: { prober: "icmp" },
  }).map(([name, module]) => [name, moduleSchema.parse(module)]),
);

const knownHttp = new Set(Object.keys(httpSchema.shape));

/** Settings of an HTTP monitor by a module; null where it cannot be probed, which is noted. */
export function httpByModule({ http }: Module, url: string, id: string, notes: Notes) {
  for (const field of Object.keys(http)) {
    if (!knownHttp.has(field)) notes.lost(`http.${field}`, "there is nothing like it here");
  }
  const headers = {
    ...headersOf(http.headers, id, notes),
    ...headersIn(http.http_headers, "http.http_headers", id, notes),
  };
  const method = methodOf(http.method, "http.method", notes);
  if (method === null) return null;
  const encrypted = url.startsWith("https:");
  if (http.fail_if_ssl && encrypted) notes.lost("http.fail_if_ssl", "it would never be up");
  if (http.fail_if_not_ssl && !encrypted)
    notes.lost("http.fail_if_not_ssl", "it would never be up");
  const codes = http.valid_status_codes;
  const isAllowed = (status: number) => http.accept_any_response || codes.includes(status);
  const isUsual = codes.length === 0 && !http.accept_any_response;
  const demand = isUsual ? ["2xx"] : statusDemand(isAllowed);
  const follows = http.follow_redirects && !http.no_follow_redirects;
  return {
    url,
    ...method,
    ...some("headers", headers),
    ...given({
      body: method.method === undefined ? undefined : http.body,
      auth: authOf(http, id, notes),
    }),
    ...(follows && { redirects: 10 }),
    ...some("expect", {
      ...statusSetting(demand ?? ["2xx"]),
      headers: headerDemands(http, notes),
      matches:
        http.fail_if_body_not_matches_regexp.length > 0
          ? http.fail_if_body_not_matches_regexp
          : undefined,
      notMatches:
        http.fail_if_body_matches_regexp.length > 0 ? http.fail_if_body_matches_regexp : undefined,
    }),
  };
}

function authOf(http: Module["http"], id: string, notes: Notes) {
  if (http.basic_auth !== undefined) {
    const password = secretFor(id, "password", "http.basic_auth", notes);
    return { basic: { username: http.basic_auth.username, password } };
  }
  if (http.bearer_token === undefined && http.authorization === undefined) return undefined;
  if (http.authorization !== undefined && !/^bearer$/i.test(http.authorization.type)) {
    notes.lost("http.authorization", `${http.authorization.type}: allowed are basic and bearer`);
    return undefined;
  }
  return { bearer: secretFor(id, "token", "http.authorization", notes) };
}

function headerDemands(http: Module["http"], notes: Notes) {
  const demands: Record<string, unknown>[] = [];
  for (const { header, regexp, allow_missing } of http.fail_if_header_matches) {
    if (allow_missing && /^\.[*+]$/.test(regexp)) demands.push({ name: header, absent: true });
    else notes.lost("http.fail_if_header_matches", `${header}: only that it is absent is possible`);
  }
  for (const { header, regexp } of http.fail_if_header_not_matches) {
    const plain = literalIn(regexp);
    if (plain !== null) demands.push({ name: header, contains: plain });
    else notes.lost("http.fail_if_header_not_matches", `${header}: only a plain text is possible`);
  }
  return demands.length > 0 ? demands : undefined;
}

/** Headers with one value each, as our file has them. */
function headersIn(
  headers: z.output<typeof headerValues>,
  field: string,
  id: string,
  notes: Notes,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, given] of Object.entries(headers)) {
    const { values, secrets, files } =
      typeof given === "string" ? { values: [given], secrets: [], files: [] } : given;
    const [value] = values;
    if (values.length + secrets.length !== 1 || files.length > 0) {
      notes.lost(`${field}.${name}`, "only one value, written in the file, is possible");
    } else if (value === undefined) {
      kept[name] = secretFor(id, name, `${field}.${name}`, notes);
    } else {
      Object.assign(kept, headersOf({ [name]: value }, id, notes));
    }
  }
  return kept;
}

/** Settings of a TCP monitor by a module. */
export function tcpByModule({ tcp }: Module, notes: Notes): Record<string, unknown> {
  for (const field of Object.keys(tcp)) {
    if (!(field in tcpSchema.shape)) notes.lost(`tcp.${field}`, "there is nothing like it here");
  }
  return {
    ...(tcp.tls && { tls: true }),
    // The exporter ends every line that it sends.
    ...dialogueOf(tcp.query_response, "tcp.query_response", "\n", notes),
  };
}

/** Settings of a WebSocket monitor by a module. */
export function webSocketByModule({ websocket }: Module, url: string, id: string, notes: Notes) {
  for (const field of Object.keys(websocket)) {
    if (field in webSocketSchema.shape) continue;
    notes.lost(`websocket.${field}`, "there is nothing like it here");
  }
  for (const field of Object.keys(websocket.http_config ?? {})) {
    notes.lost(`websocket.http_config.${field}`, "set a header in its place, where it needs one");
  }
  return {
    type: "websocket",
    url,
    ...some("headers", headersIn(websocket.headers, "websocket.headers", id, notes)),
    ...dialogueOf(websocket.query_response, "websocket.query_response", "", notes),
  };
}
