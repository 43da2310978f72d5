/** Gatus' configuration (YAML): its endpoints, and the heartbeats among its external ones. */
import { z } from "zod";
import { dnsFields } from "../../../shared/config/probes/dns.ts";
import { CommandError } from "../command.ts";
import { expectedOf } from "./gatus-conditions.ts";
import { type Draft, given, Import, type Notes, some } from "./imported.ts";
import { goDurationMs, policyOf } from "./policy.ts";
import { certificateMonitor, headersOf, hostAndPort, methodOf, urlOf } from "./requests.ts";

const duration = z.union([z.string(), z.number()]);

const endpointSchema = z.looseObject({
  name: z.string(),
  group: z.string().optional(),
  enabled: z.boolean().default(true),
  url: z.string(),
  method: z.string().optional(),
  body: z.string().optional(),
  graphql: z.boolean().default(false),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  interval: duration.default("60s"),
  conditions: z.array(z.string()).default([]),
  alerts: z.array(z.looseObject({ type: z.string() })).default([]),
  dns: z.looseObject({ "query-name": z.string(), "query-type": z.string() }).optional(),
  client: z
    .looseObject({
      timeout: duration.default("10s"),
      "ignore-redirect": z.boolean().default(false),
    })
    .prefault({}),
});

type Endpoint = z.output<typeof endpointSchema>;

const externalSchema = z.looseObject({
  name: z.string(),
  group: z.string().optional(),
  enabled: z.boolean().default(true),
  heartbeat: z.looseObject({ interval: duration }).optional(),
  alerts: z.array(z.looseObject({ type: z.string() })).default([]),
});

const configSchema = z.looseObject({
  endpoints: z.array(endpointSchema).default([]),
  "external-endpoints": z.array(externalSchema).default([]),
});

/** Parts of the file that have no place in ours, and where to look instead. */
const otherParts: Readonly<Record<string, string>> = {
  alerting: "set channels and rules up (docs/channels.md)",
  suites: "write a monitor of type transaction for each",
  maintenance: "POST /api/monitoring/maintenance plans windows",
  announcements: "there are none here",
  remote: "import the other instances' files too",
};

const knownFields = new Set(Object.keys(endpointSchema.shape));
const knownClient = new Set(["timeout", "ignore-redirect"]);

/** @throws CommandError on what is no such configuration */
export function importGatus(source: unknown): Import {
  const parsed = configSchema.safeParse(source);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new CommandError(
      `not a configuration of Gatus: ${issue?.path.join(".") || "the file"}: ${issue?.message}`,
    );
  }
  const imported = new Import();
  for (const endpoint of parsed.data.endpoints) convert(endpoint, imported);
  for (const external of parsed.data["external-endpoints"]) convertExternal(external, imported);
  const notes = imported.notesOf(null);
  for (const [name, why] of Object.entries(otherParts)) {
    if (parsed.data[name] !== undefined) notes.lost(name, why);
  }
  return imported;
}

function convert(endpoint: Endpoint, imported: Import): void {
  const { name, group } = endpoint;
  const notes = imported.notesOf(group === undefined ? name : `${group}/${name}`);
  if (!endpoint.enabled) {
    notes.lost("enabled", "it is switched off, and left out");
    return;
  }
  const id = imported.idFor(group === undefined ? name : `${group}-${name}`);
  const { alerts, client } = endpoint;
  noteAlerts(alerts, notes);
  for (const field of Object.keys(endpoint)) {
    if (!knownFields.has(field)) notes.lost(field, "there is nothing like it here");
  }
  for (const field of Object.keys(client)) {
    if (!knownClient.has(field)) notes.lost(`client.${field}`, "there is nothing like it here");
  }
  if (JSON.stringify(endpoint).includes("${")) {
    notes.differs("$VARIABLE", "variables of the environment stand there as they are written");
  }
  const kind = kindOf(endpoint);
  const probed = probeOf(endpoint, kind, id, notes);
  if (probed === null) return;
  const { certificateDays, type, ...settings } = probed;
  const draft: Draft = {
    id,
    ...given({ type }),
    name,
    ...given({ group }),
    ...settings,
    ...policyOf(
      {
        intervalSeconds: (goDurationMs(endpoint.interval) ?? 60_000) / 1_000,
        timeoutMs: goDurationMs(client.timeout) ?? 10_000,
        fields: { interval: "interval", timeout: "client.timeout" },
      },
      notes,
    ),
  };
  imported.monitors.push(draft);
  if (certificateDays === null || type === "tls") return;
  const certificate = certificateMonitor(
    imported.idFor(`${id}-certificate`),
    { name, group, url: endpoint.url },
    { minDaysLeft: certificateDays, downDaysLeft: certificateDays },
  );
  if (certificate === null) {
    notes.lost("conditions: [CERTIFICATE_EXPIRATION]", "the URL is not of https");
    return;
  }
  imported.monitors.push(certificate);
  notes.differs("conditions: [CERTIFICATE_EXPIRATION]", `a monitor of its own, ${certificate.id}`);
}

function kindOf({ url, dns }: Endpoint): string {
  if (dns !== undefined) return "dns";
  return /^([a-z]+):\/\//i.exec(url)?.[1]?.toLowerCase() ?? "";
}

type Probed = Record<string, unknown> & {
  readonly type: string | undefined;
  readonly certificateDays: number | null;
};

/** Null where there is nothing like it here, which is noted. */
function probeOf(endpoint: Endpoint, kind: string, id: string, notes: Notes): Probed | null {
  const { conditions, url, dns } = endpoint;
  switch (kind) {
    case "http":
    case "https":
      return httpOf(endpoint, id, notes);
    case "ws":
    case "wss": {
      const { expect, certificateDays } = expectedOf(conditions, "text", notes);
      const send = endpoint.body;
      const headers = some("headers", headersOf(endpoint.headers, id, notes));
      const expected = some("expect", firstText(expect, notes));
      return {
        type: "websocket",
        url,
        ...headers,
        ...given({ send }),
        ...expected,
        certificateDays,
      };
    }
    case "tcp":
    case "tls": {
      const place = hostAndPort(url.replace(/^[a-z]+:\/\//i, "").replace(/\/.*$/, ""));
      if (place === null) {
        notes.lost("url", `${kind}://host:port; left out`);
        return null;
      }
      const { expect, certificateDays } = expectedOf(conditions, "text", notes);
      const shown = firstText(expect, notes);
      if (kind === "tcp" || certificateDays === null) {
        const tls = kind === "tls" ? true : undefined;
        const settings = given({ tls, send: endpoint.body });
        return { type: "tcp", ...place, ...settings, ...some("expect", shown), certificateDays };
      }
      const days = { minDaysLeft: certificateDays, downDaysLeft: certificateDays };
      return { type: "tls", ...place, expect: { ...days, ...shown }, certificateDays };
    }
    case "dns": {
      const record = (dns?.["query-type"] ?? "A").toUpperCase();
      if (!dnsFields.record.safeParse(record).success) {
        notes.lost(
          "dns.query-type",
          `${record}: allowed are A, AAAA, CNAME, MX, NS, TXT; left out`,
        );
        return null;
      }
      notes.differs("url", `the usual resolver is asked by HTTPS, not ${url}`);
      const { expect } = expectedOf(conditions, "dns", notes);
      const host = (dns?.["query-name"] ?? "").replace(/\.$/, "");
      return { type: "dns", host, record, ...some("expect", expect), certificateDays: null };
    }
    case "icmp":
      notes.lost("url", "icmp: a Worker cannot send ICMP; left out");
      return null;
    default:
      notes.lost("url", `${kind || "no scheme"}: there is no such probe here; left out`);
      return null;
  }
}

function httpOf(endpoint: Endpoint, id: string, notes: Notes): Probed | null {
  const { graphql, client } = endpoint;
  const method = methodOf(graphql ? "POST" : endpoint.method, "method", notes);
  if (method === null) return null;
  const { url, auth } = urlOf(endpoint.url, id, "url", notes);
  const type = graphql ? { "content-type": "application/json" } : {};
  const { expect, certificateDays } = expectedOf(endpoint.conditions, "http", notes);
  const query = graphql ? JSON.stringify({ query: endpoint.body ?? "" }) : endpoint.body;
  const hasBody = method.method !== undefined && method.method !== "HEAD" && query;
  if (query && !hasBody) notes.lost("body", "a GET or HEAD request has no body here");
  return {
    type: undefined,
    url,
    ...method,
    ...some("headers", { ...type, ...headersOf(endpoint.headers, id, notes) }),
    ...(hasBody && { body: query }),
    ...given({ auth }),
    ...(!client["ignore-redirect"] && { redirects: 10 }),
    ...some("expect", expect),
    certificateDays,
  };
}

/** Where one text can be looked for, in place of a list. */
function firstText(expect: Readonly<Record<string, unknown>>, notes: Notes) {
  const { contains, ...rest } = expect;
  if (!Array.isArray(contains)) return { ...rest };
  if (contains.length > 1) notes.lost("conditions: [BODY]", "of several texts only the first");
  return { ...rest, contains: contains[0] };
}

function convertExternal(external: z.output<typeof externalSchema>, imported: Import): void {
  const { name, group, enabled, heartbeat, alerts } = external;
  const notes = imported.notesOf(group === undefined ? name : `${group}/${name}`);
  if (!enabled) {
    notes.lost("enabled", "it is switched off, and left out");
    return;
  }
  noteAlerts(alerts, notes);
  const every = (goDurationMs(heartbeat?.interval) ?? 0) / 1_000;
  if (every === 0) {
    notes.lost("external-endpoints", "without a heartbeat; left out");
    return;
  }
  const id = imported.idFor(group === undefined ? name : `${group}-${name}`);
  if (every < 60) notes.differs("heartbeat.interval", "60 s, the shortest");
  notes.differs("token", "its address is another: pingUrl of the monitor, once it is applied");
  imported.monitors.push({
    ...{ id, type: "heartbeat", name },
    ...given({ group }),
    every: Math.max(60, Math.round(every)),
    graceSeconds: 0,
  });
}

function noteAlerts(alerts: Endpoint["alerts"], notes: Notes): void {
  if (alerts.length === 0) return;
  notes.lost("alerts", `${alerts.map(({ type }) => type).join(", ")}: rules say who is told`);
}
