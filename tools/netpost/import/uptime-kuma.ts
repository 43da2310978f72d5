/** Uptime Kuma's backup, as version 1 writes it (Settings, Backup, Export). */
import { z } from "zod";
import { dnsFields } from "../../../shared/config/probes/dns.ts";
import { CommandError } from "../command.ts";
import { type Draft, given, Import, type Notes, slugOf, some } from "./imported.ts";
import { policyOf } from "./policy.ts";
import {
  certificateMonitor,
  headersOf,
  methodOf,
  secretFor,
  statusDemand,
  statusSetting,
  urlOf,
} from "./requests.ts";

const text = z.string().nullish();
const number = z.coerce.number().nullish();
const flag = z.coerce.boolean().catch(false);

const monitorSchema = z.looseObject({
  id: z.int(),
  name: z.string(),
  type: z.string(),
  description: text,
  parent: number,
  active: z.coerce.boolean().default(true),
  url: text,
  method: text,
  hostname: text,
  port: number,
  interval: number,
  retryInterval: number,
  resendInterval: number,
  maxretries: number,
  timeout: number,
  keyword: text,
  invertKeyword: flag,
  jsonPath: text,
  expectedValue: text,
  expiryNotification: flag,
  ignoreTls: flag,
  upsideDown: flag,
  maxredirects: number,
  accepted_statuscodes: z.array(z.string()).default(["200-299"]),
  dns_resolve_type: text,
  dns_resolve_server: text,
  proxyId: number,
  headers: text,
  body: text,
  httpBodyEncoding: text,
  authMethod: text,
  basic_auth_user: text,
  tags: z.array(z.looseObject({ name: z.string(), value: text })).default([]),
});

type KumaMonitor = z.output<typeof monitorSchema>;

const backupSchema = z.looseObject({
  version: z.string(),
  monitorList: z.array(monitorSchema),
  notificationList: z.array(z.looseObject({ name: z.string() })).default([]),
  proxyList: z.array(z.unknown()).default([]),
});

/** @throws CommandError on what is no such backup */
export function importUptimeKuma(source: unknown): Import {
  const parsed = backupSchema.safeParse(source);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new CommandError(
      `not a backup of Uptime Kuma: ${issue?.path.join(".") || "the file"}: ${issue?.message}`,
    );
  }
  const { monitorList, notificationList } = parsed.data;
  const imported = new Import();
  const groups = new Map(monitorList.map((monitor) => [monitor.id, monitor]));
  for (const monitor of monitorList) {
    // A group has no request of its own; its name becomes that of a group here.
    if (monitor.type === "group") continue;
    convert(monitor, groups, imported);
  }
  for (const { name } of notificationList) {
    imported.notesOf(null).lost("notificationList", `${name}: set it up as a channel`);
  }
  return imported;
}

function convert(
  monitor: KumaMonitor,
  groups: ReadonlyMap<number, KumaMonitor>,
  imported: Import,
): void {
  const notes = imported.notesOf(monitor.name);
  if (!monitor.active) {
    notes.lost("active", "it is paused, and left out");
    return;
  }
  if (monitor.upsideDown) {
    notes.lost("upsideDown", "to be up when it fails is not possible here; left out");
    return;
  }
  const id = imported.idFor(monitor.name);
  const settings = settingsOf(monitor, id, notes);
  if (settings === null) return;
  const { name: group, parent: outer } = groups.get(monitor.parent ?? -1) ?? {};
  if (outer) notes.differs("parent", `of its groups only the innermost, ${group}`);
  const tags = monitor.tags.map(({ name, value }) => slugOf(value ? `${name}-${value}` : name));
  const kept = [...new Set(tags.filter((tag) => tag !== ""))];
  const common = given({ group, tags: kept.length > 0 ? kept : undefined });
  if (monitor.description) notes.lost("description", "a monitor has none here");
  if (monitor.resendInterval) {
    notes.lost("resendInterval", "an escalation policy says who is told again, and when");
  }
  const { type, ...rest } = settings;
  const draft: Draft = {
    id,
    ...(type !== undefined && { type }),
    name: monitor.name,
    ...common,
    ...rest,
  };
  imported.monitors.push(draft);
  if (monitor.expiryNotification && typeof draft["url"] === "string") {
    const certificate = certificateMonitor(
      imported.idFor(`${id}-certificate`),
      { name: monitor.name, group, url: draft["url"] },
      { minDaysLeft: 21, downDaysLeft: 0 },
    );
    if (certificate !== null) {
      imported.monitors.push(certificate);
      notes.differs("expiryNotification", `a monitor of its own, ${certificate.id}`);
    }
  }
}

/** Null where there is nothing like it here, which is noted. */
function settingsOf(
  monitor: KumaMonitor,
  id: string,
  notes: Notes,
): Record<string, unknown> | null {
  switch (monitor.type) {
    case "http":
    case "keyword":
    case "json-query":
      return httpOf(monitor, id, notes);
    case "port":
      return {
        type: "tcp",
        host: monitor.hostname ?? "",
        port: monitor.port ?? 0,
        ...policyOfKuma(monitor, notes),
      };
    case "dns":
      return dnsOf(monitor, notes);
    case "push":
      return pushOf(monitor, notes);
    case "ping":
      notes.lost("type", "ping: a Worker cannot send ICMP; left out");
      return null;
    default:
      notes.lost("type", `${monitor.type}: there is no such probe here; left out`);
      return null;
  }
}

function httpOf(monitor: KumaMonitor, id: string, notes: Notes): Record<string, unknown> | null {
  const method = methodOf(monitor.method, "method", notes);
  if (method === null) return null;
  const { url, auth: inUrl } = urlOf(monitor.url ?? "", id, "url", notes);
  const headers = headersOf(headersIn(monitor, notes), id, notes);
  const auth = authOf(monitor, id, notes) ?? inUrl;
  if (monitor.ignoreTls) notes.lost("ignoreTls", "a certificate that is not trusted is down here");
  if (monitor.proxyId) notes.lost("proxyId", "regions take no proxy");
  const hasBody = monitor.body && method.method !== undefined && method.method !== "HEAD";
  if (monitor.body && !hasBody) notes.lost("body", "a request that only reads has none here");
  return {
    url,
    ...method,
    ...some("headers", headers),
    ...(hasBody && { body: monitor.body }),
    ...(auth && { auth }),
    ...(monitor.maxredirects && { redirects: Math.min(10, monitor.maxredirects) }),
    ...policyOfKuma(monitor, notes),
    ...some("expect", { ...acceptedOf(monitor, notes), ...contentOf(monitor, notes) }),
  };
}

function headersIn({ headers, body, httpBodyEncoding }: KumaMonitor, notes: Notes) {
  const type = { json: "application/json", xml: "text/xml; charset=utf-8" }[httpBodyEncoding ?? ""];
  const implied = body && type !== undefined ? { "content-type": type } : {};
  if (!headers) return implied;
  const parsed = z.record(z.string(), z.unknown()).safeParse(jsonIn(headers));
  if (parsed.success) return { ...implied, ...parsed.data };
  notes.lost("headers", "they are no JSON object");
  return implied;
}

function authOf({ authMethod, basic_auth_user: username }: KumaMonitor, id: string, notes: Notes) {
  if (authMethod && authMethod !== "basic") {
    notes.lost("authMethod", `${authMethod}: allowed are basic and bearer`);
    return undefined;
  }
  if (!username) return undefined;
  return {
    basic: { username, password: secretFor(id, "password", "basic_auth_pass", notes) },
  };
}

function acceptedOf({ accepted_statuscodes: codes }: KumaMonitor, notes: Notes) {
  const ranges = codes.map((code) => /^(\d{3})(?:-(\d{3}))?$/.exec(code));
  const demand = statusDemand((status) =>
    ranges.some((range) => {
      const from = Number(range?.[1]);
      return status >= from && status <= Number(range?.[2] ?? from);
    }),
  );
  if (demand !== null) return statusSetting(demand);
  notes.lost("accepted_statuscodes", `${codes.join(", ")}: no status from 100 to 599`);
  return {};
}

function contentOf(monitor: KumaMonitor, notes: Notes): Record<string, unknown> {
  if (monitor.type === "keyword" && monitor.keyword) {
    return { [monitor.invertKeyword ? "notContains" : "contains"]: [monitor.keyword] };
  }
  if (monitor.type !== "json-query" || !monitor.jsonPath) return {};
  const path = monitor.jsonPath.startsWith("$") ? monitor.jsonPath : `$.${monitor.jsonPath}`;
  // JSONata beyond a plain path means something that JSONPath cannot say.
  if (!/^\$(?:\.[A-Za-z_]\w*|\[\d+\])*$/.test(path)) {
    notes.lost("jsonPath", "JSONata beyond a plain path; the answer's content is not looked at");
    return {};
  }
  return { json: [{ path, oneOf: alike(monitor.expectedValue ?? "") }] };
}

/** A value that was compared as text: the text, and what JSON could have in its place. */
export function alike(value: string): (string | number | boolean | null)[] {
  const scalar = z.union([z.number(), z.boolean(), z.null()]).safeParse(jsonIn(value));
  return scalar.success ? [value, scalar.data] : [value];
}

function dnsOf(monitor: KumaMonitor, notes: Notes): Record<string, unknown> | null {
  const record = monitor.dns_resolve_type ?? "A";
  if (!dnsFields.record.safeParse(record).success) {
    notes.lost("dns_resolve_type", `${record}: allowed are A, AAAA, CNAME, MX, NS, TXT; left out`);
    return null;
  }
  if (monitor.dns_resolve_server) {
    notes.differs("dns_resolve_server", "asked by HTTPS of the usual resolver");
  }
  return {
    type: "dns",
    host: (monitor.hostname ?? "").replace(/\.$/, ""),
    record,
    ...policyOfKuma(monitor, notes),
  };
}

function pushOf(monitor: KumaMonitor, notes: Notes): Record<string, unknown> {
  const interval = monitor.interval ?? 60;
  const every = Math.max(60, interval);
  if (every !== interval) {
    notes.differs("interval", `every ${interval} s is not possible; every ${every} s`);
  }
  const graceSeconds = (monitor.maxretries ?? 0) * (monitor.retryInterval ?? 60);
  notes.differs("pushToken", "its address is another: pingUrl of the monitor, once it is applied");
  return { type: "heartbeat", every, graceSeconds };
}

/** Retries of theirs are checks of ours: a monitor is down after so many in a row. */
function policyOfKuma(monitor: KumaMonitor, notes: Notes): Record<string, unknown> {
  const { interval, retryInterval, maxretries } = monitor;
  const intervalSeconds = interval ?? 60;
  const retries = maxretries ?? 0;
  if (retries > 19) notes.differs("maxretries", `${retries} is not possible; 19`);
  if (retries > 0 && retryInterval && retryInterval !== intervalSeconds) {
    notes.differs("retryInterval", "checks go on at the usual interval");
  }
  return {
    ...policyOf(
      {
        intervalSeconds,
        timeoutMs: (monitor.timeout || intervalSeconds * 0.8) * 1_000,
        fields: { interval: "interval", timeout: "timeout" },
      },
      notes,
    ),
    ...(retries > 0 && { failuresToOpen: Math.min(20, retries + 1) }),
  };
}

function jsonIn(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}
