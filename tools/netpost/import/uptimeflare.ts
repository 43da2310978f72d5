/** UptimeFlare's configuration: what `uptime.config.ts` exports. */
import { z } from "zod";
import { CommandError } from "../command.ts";
import { type Draft, given, Import, some } from "./imported.ts";
import { policyOf } from "./policy.ts";
import { headersOf, hostAndPort, methodOf, statusSetting, urlOf } from "./requests.ts";

const headers = z.record(z.string(), z.union([z.string(), z.number()])).default({});

const monitorSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  method: z.string(),
  target: z.string(),
  expectedCodes: z.array(z.int()).optional(),
  timeout: z.number().default(10_000),
  headers,
  body: z.string().optional(),
  responseKeyword: z.string().optional(),
  responseForbiddenKeyword: z.string().optional(),
});

type FlareMonitor = z.output<typeof monitorSchema>;

const exportedSchema = z.looseObject({
  workerConfig: z.looseObject({ monitors: z.array(monitorSchema) }),
  pageConfig: z
    .looseObject({ group: z.record(z.string(), z.array(z.string())).default({}) })
    .default({ group: {} }),
  maintenances: z.array(z.unknown()).default([]),
});

/** What a monitor may say that has no place here, and why. */
const withoutPlace: Readonly<Record<string, string>> = {
  tooltip: "a monitor has no tooltip",
  statusPageLink: "a monitor has no link",
  hideLatencyChart: "no chart is hidden",
  checkProxy: "regions probe by themselves: see `regions` of the file and of the monitor",
  checkProxyFallback: "regions probe by themselves",
};

/** Of the whole file. */
const ofTheWorker: Readonly<Record<string, string>> = {
  notification: "set channels and rules up (docs/channels.md)",
  callbacks: "no code of yours is run; a webhook channel tells other programs",
  passwordProtection: "keys are MONITORING_API_KEY and ADMIN_TOKEN",
};

/** @throws CommandError on what is no such configuration */
export function importUptimeFlare(exported: unknown): Import {
  const parsed = exportedSchema.safeParse(exported);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new CommandError(
      `not a configuration of UptimeFlare: ${issue?.path.join(".") || "its exports"}: ${issue?.message}`,
    );
  }
  const { workerConfig, pageConfig, maintenances } = parsed.data;
  const groups = new Map(
    Object.entries(pageConfig.group).flatMap(([name, ids]) => ids.map((id) => [id, name] as const)),
  );
  const imported = new Import();
  for (const monitor of workerConfig.monitors) {
    const draft = convert(monitor, groups.get(monitor.id), imported);
    if (draft !== null) imported.monitors.push(draft);
  }
  const notes = imported.notesOf(null);
  for (const [name, why] of Object.entries(ofTheWorker)) {
    if (workerConfig[name] !== undefined) notes.lost(`workerConfig.${name}`, why);
  }
  if (maintenances.length > 0) {
    notes.lost(
      "maintenances",
      `${maintenances.length}: POST /api/monitoring/maintenance plans one`,
    );
  }
  return imported;
}

function convert(monitor: FlareMonitor, group: string | undefined, imported: Import): Draft | null {
  const notes = imported.notesOf(monitor.id);
  const id = imported.idFor(monitor.id);
  if (id !== monitor.id)
    notes.differs("id", `${id}: an id is lower-case letters, digits and hyphens`);
  for (const [name, why] of Object.entries(withoutPlace)) {
    if (monitor[name] !== undefined) notes.lost(name, why);
  }
  const common = { name: monitor.name, ...given({ group }) };
  const fields = { interval: "interval", timeout: "timeout" };
  const policy = policyOf({ intervalSeconds: 60, timeoutMs: monitor.timeout, fields }, notes);
  if (monitor.method === "TCP_PING") {
    const place = hostAndPort(monitor.target);
    if (place === null) {
      notes.lost("target", "host:port; left out");
      return null;
    }
    return { id, type: "tcp", ...common, ...place, ...policy };
  }
  const method = methodOf(monitor.method, "method", notes);
  if (method === null) return null;
  const { url, auth } = urlOf(monitor.target, id, "target", notes);
  const { expectedCodes, responseKeyword, responseForbiddenKeyword, body } = monitor;
  return {
    id,
    ...common,
    url,
    ...method,
    ...some("headers", headersOf(monitor.headers, id, notes)),
    ...given({ body, auth }),
    // Its requests follow redirects; more than ours are never meant.
    redirects: 10,
    ...policy,
    ...some("expect", {
      ...(expectedCodes !== undefined && statusSetting(expectedCodes)),
      contains: responseKeyword === undefined ? undefined : [responseKeyword],
      notContains: responseForbiddenKeyword === undefined ? undefined : [responseForbiddenKeyword],
    }),
  };
}
