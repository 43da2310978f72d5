/** Modules of blackbox_exporter: what is sent, and what makes a probe succeed. */
import { z } from "zod";
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

const httpSchema = z.looseObject({
  valid_status_codes: z.array(z.int()).default([]),
  method: z.string().optional(),
  headers: z.record(z.string(), z.string()).default({}),
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

const step = z.looseObject({ send: z.string().optional(), expect: z.string().optional() });
const tcpSchema = z.looseObject({
  tls: z.boolean().default(false),
  query_response: z.array(step).default([]),
});
const dnsSchema = z.looseObject({ query_name: z.string(), query_type: z.string().default("ANY") });

/** A module of `blackbox.yml`. */
export const moduleSchema = z.looseObject({
  prober: z.string(),
  timeout: z.string().optional(),
  http: httpSchema.prefault({}),
  tcp: tcpSchema.prefault({}),
  dns: dnsSchema.optional(),
});

export type Module = z.output<typeof moduleSchema>;

/** Those of the exporter's own file that we can probe; used where no modules file is given. */
export const usualModules: ReadonlyMap<string, Module> = new Map(
  Object.entries({
    http_2xx: { prober: "http" },
    http_post_2xx: { prober: "http", http: { method: "POST" } },
    tcp_connect: { prober: "tcp" },
    pop3s_banner: { prober: "tcp", tcp: { tls: true, query_response: [{ expect: "^+OK" }] } },
    ssh_banner: { prober: "tcp", tcp: { query_response: [{ expect: "^SSH-2.0-" }] } },
    icmp: { prober: "icmp" },
  }).map(([name, module]) => [name, moduleSchema.parse(module)]),
);

const knownHttp = new Set(Object.keys(httpSchema.shape));

/** Settings of an HTTP monitor by a module; null where it cannot be probed, which is noted. */
export function httpByModule({ http }: Module, url: string, id: string, notes: Notes) {
  for (const field of Object.keys(http)) {
    if (!knownHttp.has(field)) notes.lost(`http.${field}`, "there is nothing like it here");
  }
  const method = methodOf(http.method, "http.method", notes);
  if (method === null) return null;
  const encrypted = url.startsWith("https:");
  if (http.fail_if_ssl && encrypted) notes.lost("http.fail_if_ssl", "it would never be up");
  if (http.fail_if_not_ssl && !encrypted)
    notes.lost("http.fail_if_not_ssl", "it would never be up");
  const codes = http.valid_status_codes;
  const demand = codes.length === 0 ? ["2xx"] : statusDemand((status) => codes.includes(status));
  const follows = http.follow_redirects && !http.no_follow_redirects;
  return {
    url,
    ...method,
    ...some("headers", headersOf(http.headers, id, notes)),
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

/** Settings of a TCP monitor by a module. */
export function tcpByModule({ tcp }: Module, notes: Notes): Record<string, unknown> {
  for (const field of Object.keys(tcp)) {
    if (!(field in tcpSchema.shape)) notes.lost(`tcp.${field}`, "there is nothing like it here");
  }
  const steps = tcp.query_response;
  const [first, second] = steps;
  const send = first?.send;
  const awaited = first?.expect ?? second?.expect;
  const contains = awaited === undefined ? undefined : literalIn(awaited);
  const used = steps.length <= 1 || (steps.length === 2 && first?.expect === undefined);
  if (!used) notes.lost("tcp.query_response", "only one text is sent, and one awaited");
  if (contains === null) notes.lost("tcp.query_response", "only a plain text can be awaited");
  return {
    ...(tcp.tls && { tls: true }),
    // The exporter ends every line that it sends.
    ...given({ send: send === undefined ? undefined : `${send}\n` }),
    ...some("expect", { contains: contains ?? undefined }),
  };
}

/** The text that a regular expression looks for, where it is plain; an anchor at its start is dropped. */
function literalIn(regexp: string): string | null {
  const body = regexp.replace(/^\^/, "").replaceAll(/\\([^\w\s])/g, "\ue000$1");
  const plain = body.replaceAll(/\ue000./g, "");
  if (/[*?()[\]{}|\\^$]/.test(plain) || /[^^]\+/.test(` ${plain}`.slice(1))) return null;
  return body.replaceAll("\ue000", "") || null;
}
