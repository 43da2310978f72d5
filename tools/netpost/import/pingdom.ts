/** Pingdom's checks, as its API 3.1 tells of them (docs.pingdom.com/api). */
import { z } from "zod";
import { CommandError } from "../command.ts";
import { given, Import, type Notes, some } from "./imported.ts";
import { policyOf } from "./policy.ts";
import { certificateMonitor, headersOf, secretFor } from "./requests.ts";
import { askApi, tagsOf, watchedBy } from "./watched.ts";

const http = z.looseObject({
  url: z.string().default("/"),
  encryption: z.boolean().default(false),
  port: z.int().nullish(),
  username: z.string().nullish(),
  shouldcontain: z.string().nullish(),
  shouldnotcontain: z.string().nullish(),
  postdata: z.string().nullish(),
  requestheaders: z.record(z.string(), z.string()).default({}),
  verify_certificate: z.boolean().nullish(),
  ssl_down_days_before: z.int().nullish(),
});

const tcp = z.looseObject({
  port: z.int(),
  stringtosend: z.string().nullish(),
  stringtoexpect: z.string().nullish(),
});

const dns = z.looseObject({ expectedip: z.string().nullish(), nameserver: z.string().nullish() });

const checkSchema = z.looseObject({
  id: z.int(),
  name: z.string(),
  hostname: z.string(),
  status: z.string().default("unknown"),
  /** Minutes. */
  resolution: z.int().positive().default(1),
  responsetime_threshold: z.int().nullish(),
  tags: z.array(z.looseObject({ name: z.string() })).default([]),
  /** A word in the list; in a check's own document an object that has the rest under it. */
  type: z.union([z.string(), z.record(z.string(), z.unknown())]),
});

type Check = z.output<typeof checkSchema>;

const exportSchema = z.union([
  z.looseObject({ checks: z.array(checkSchema) }).transform(({ checks }) => checks),
  z.looseObject({ check: checkSchema }).transform(({ check }) => [check]),
  z.array(z.looseObject({ check: checkSchema })).transform((all) => all.map(({ check }) => check)),
]);

/** Reads every check with its details: one request for the list, and one each. */
export async function readPingdom(
  env: Readonly<Record<string, string | undefined>>,
): Promise<unknown> {
  const key = env["PINGDOM_API_KEY"];
  if (!key) throw new CommandError("import pingdom: name a file, or set PINGDOM_API_KEY");
  const url = (env["PINGDOM_API_URL"] || "https://api.pingdom.com").replace(/\/+$/, "");
  const headers = { Authorization: `Bearer ${key}`, Accept: "application/json" };
  const list = await askApi("Pingdom", `${url}/api/3.1/checks?include_tags=true`, { headers });
  const known = exportSchema.safeParse(list);
  if (!known.success) throw new CommandError("Pingdom: its answer is no list of checks");
  const documents: unknown[] = [];
  for (const { id } of known.data) {
    documents.push(await askApi("Pingdom", `${url}/api/3.1/checks/${id}`, { headers }));
  }
  return documents;
}

/** @throws CommandError on what is no answer of that API */
export function importPingdom(source: unknown): Import {
  const parsed = exportSchema.safeParse(source);
  if (!parsed.success) {
    throw new CommandError(
      "not what Pingdom's API tells: neither { checks: […] } nor a list of { check: {…} }",
    );
  }
  const imported = new Import();
  for (const check of parsed.data) convert(check, imported);
  return imported;
}

function convert(check: Check, imported: Import): void {
  const { id: number, name, hostname, type, resolution, tags } = check;
  const notes = imported.notesOf(name);
  if (check.status === "paused") {
    notes.lost("status", "it is paused, and left out");
    return;
  }
  const kind = typeof type === "string" ? type : (Object.keys(type)[0] ?? "");
  const rest = typeof type === "string" ? undefined : type[kind];
  if (rest === undefined) {
    notes.lost("type", `${kind}: only the list tells of it; its own document has the rest`);
    return;
  }
  const id = imported.idFor(name);
  const probe = probeOf(kind, rest, hostname, id, notes);
  if (probe === null) return;
  const policy = policyOf(
    {
      intervalSeconds: resolution * 60,
      timeoutMs: Math.min(30_000, check.responsetime_threshold ?? 30_000),
      fields: { interval: "resolution", timeout: "responsetime_threshold" },
    },
    notes,
  );
  const { certificateDays, ...settings } = probe;
  imported.monitors.push({
    id,
    name: name.slice(0, 100),
    ...given({ tags: tagsOf(tags.map((tag) => tag.name)) }),
    ...settings,
    ...policy,
    ...watchedBy("pingdom", number),
  });
  if (typeof certificateDays !== "number" || typeof settings["url"] !== "string") return;
  const expect = { minDaysLeft: Math.max(21, certificateDays), downDaysLeft: certificateDays };
  const of = { name, url: settings["url"] };
  const certificate = certificateMonitor(imported.idFor(`${id}-certificate`), of, expect);
  if (certificate === null) return;
  imported.monitors.push(certificate);
  notes.differs("ssl_down_days_before", `a monitor of its own, ${certificate.id}`);
}

type Settings = Readonly<Record<string, unknown>>;

/** Null where there is nothing like it here, which is noted. */
function probeOf(
  kind: string,
  rest: unknown,
  host: string,
  id: string,
  notes: Notes,
): Settings | null {
  switch (kind) {
    case "http":
      return httpOf(http.parse(rest), host, id, notes);
    case "tcp": {
      const { port, stringtosend: send, stringtoexpect: text } = tcp.parse(rest);
      const expect = some("expect", given({ contains: text || undefined }));
      return { type: "tcp", host, port, ...given({ send: send || undefined }), ...expect };
    }
    case "dns": {
      const { expectedip, nameserver } = dns.parse(rest);
      if (nameserver) notes.differs("nameserver", "asked by HTTPS of the usual resolver");
      const record = expectedip?.includes(":") ? "AAAA" : "A";
      const contains = expectedip ? [expectedip] : undefined;
      return { type: "dns", host, record, ...some("expect", given({ contains })) };
    }
    case "ping":
      notes.lost("type", "ping: a Worker cannot send ICMP; left out");
      return null;
    default:
      notes.lost("type", `${kind}: there is no such probe here; left out`);
      return null;
  }
}

function httpOf(check: z.output<typeof http>, host: string, id: string, notes: Notes): Settings {
  const { encryption, port, url: path, postdata, username } = check;
  const usual = encryption ? 443 : 80;
  const at = port && port !== usual ? `${host}:${port}` : host;
  if (encryption && check.verify_certificate === false) {
    notes.lost("verify_certificate", "a certificate that is not trusted is down here");
  }
  const auth = username && {
    basic: { username, password: secretFor(id, "password", "password", notes) },
  };
  const contains = check.shouldcontain ? [check.shouldcontain] : undefined;
  const notContains = check.shouldnotcontain ? [check.shouldnotcontain] : undefined;
  return {
    url: `${encryption ? "https" : "http"}://${at}${path.startsWith("/") ? path : `/${path}`}`,
    ...(postdata && { method: "POST", body: postdata }),
    ...some("headers", headersOf(withoutAgent(check.requestheaders), id, notes)),
    ...(auth && { auth }),
    // It follows them, and we say how many.
    redirects: 5,
    ...some("expect", given({ contains, notContains })),
    ...(check.ssl_down_days_before && { certificateDays: check.ssl_down_days_before }),
  };
}

/** Its own name in each check is not ours. */
function withoutAgent(headers: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name, value]) => !(/^user-agent$/i.test(name) && /^Pingdom/i.test(value)),
    ),
  );
}
