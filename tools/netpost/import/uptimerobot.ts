/** UptimeRobot's monitors, as `getMonitors` of its API v2 tells of them (uptimerobot.com/api). */
import { z } from "zod";
import { CommandError } from "../command.ts";
import { given, Import, type Notes, some } from "./imported.ts";
import { policyOf } from "./policy.ts";
import { headersOf, secretFor, urlOf } from "./requests.ts";
import { anyCase, askApi, watchedBy } from "./watched.ts";

/** It leaves text empty where there is no number. */
const number = z.preprocess((value) => (value === "" ? null : value), z.coerce.number().nullish());
const text = z.coerce.string().nullish();

const monitorSchema = z.looseObject({
  id: z.int(),
  friendly_name: z.string(),
  url: z.string().default(""),
  type: z.int(),
  sub_type: number,
  port: number,
  keyword_type: number,
  keyword_case_type: number,
  keyword_value: text,
  http_username: text,
  http_auth_type: number,
  http_method: number,
  post_value: z.unknown().optional(),
  custom_http_headers: z
    .union([z.record(z.string(), z.string()), z.array(z.never())])
    .nullish()
    .catch(undefined),
  interval: number,
  /** Seconds. */
  timeout: number,
  status: z.int().default(2),
});

type Monitor = z.output<typeof monitorSchema>;

const answerSchema = z.looseObject({ monitors: z.array(monitorSchema) });
const pageSchema = z.looseObject({
  pagination: z.looseObject({ total: z.int() }),
  monitors: z.array(z.unknown()),
});
const refusalSchema = z.looseObject({
  stat: z.literal("fail"),
  error: z.looseObject({ message: z.string().catch("refused") }),
});

const perPage = 50;

/** Reads every monitor, fifty with a request. */
export async function readUptimeRobot(
  env: Readonly<Record<string, string | undefined>>,
): Promise<unknown> {
  const key = env["UPTIMEROBOT_API_KEY"];
  if (!key) throw new CommandError("import uptimerobot: name a file, or set UPTIMEROBOT_API_KEY");
  const url = (env["UPTIMEROBOT_API_URL"] || "https://api.uptimerobot.com").replace(/\/+$/, "");
  const monitors: unknown[] = [];
  for (;;) {
    const body = new URLSearchParams({
      ...{ api_key: key, format: "json", limit: String(perPage), offset: String(monitors.length) },
      ...{ http_request_details: "1", custom_http_headers: "1", timeout: "1" },
    });
    const said = await askApi("UptimeRobot", `${url}/v2/getMonitors`, { method: "POST", body });
    const refused = refusalSchema.safeParse(said);
    if (refused.success) throw new CommandError(`UptimeRobot: ${refused.data.error.message}`);
    const page = pageSchema.safeParse(said);
    if (!page.success) throw new CommandError("UptimeRobot: its answer is no list of monitors");
    monitors.push(...page.data.monitors);
    const { total } = page.data.pagination;
    if (page.data.monitors.length === 0 || monitors.length >= total) return { monitors };
  }
}

/** @throws CommandError on what is no answer of that API */
export function importUptimeRobot(source: unknown): Import {
  const parsed = answerSchema.safeParse(source);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new CommandError(
      `not what UptimeRobot's getMonitors tells: ${issue?.path.join(".") || "the file"}: ${issue?.message}`,
    );
  }
  const imported = new Import();
  for (const monitor of parsed.data.monitors) convert(monitor, imported);
  return imported;
}

function convert(monitor: Monitor, imported: Import): void {
  const { friendly_name: name } = monitor;
  const notes = imported.notesOf(name);
  if (monitor.status === 0) {
    notes.lost("status", "it is paused, and left out");
    return;
  }
  const id = imported.idFor(name);
  const common = { id, name: name.slice(0, 100) };
  if (monitor.type === 5) {
    const every = Math.max(60, Math.floor((monitor.interval ?? 300) / 60) * 60);
    notes.differs("url", "its address is another: pingUrl of the monitor, once it is applied");
    imported.monitors.push({ ...common, type: "heartbeat", every, graceSeconds: 60 });
    return;
  }
  const probe = probeOf(monitor, id, notes);
  if (probe === null) return;
  const policy = policyOf(
    {
      intervalSeconds: monitor.interval ?? 300,
      timeoutMs: (monitor.timeout || 30) * 1_000,
      fields: { interval: "interval", timeout: "timeout" },
    },
    notes,
  );
  imported.monitors.push({
    ...common,
    ...probe,
    ...policy,
    ...watchedBy("uptimerobot", monitor.id),
  });
}

type Settings = Readonly<Record<string, unknown>>;

/** Null where there is nothing like it here, which is noted. */
function probeOf(monitor: Monitor, id: string, notes: Notes): Settings | null {
  switch (monitor.type) {
    case 1:
      return requestOf(monitor, id, notes);
    case 2:
      return {
        ...requestOf({ ...monitor, http_method: monitor.http_method ?? 2 }, id, notes),
        ...some("expect", keywordOf(monitor)),
      };
    case 3:
      notes.lost("type", "ping: a Worker cannot send ICMP; left out");
      return null;
    case 4: {
      const port = monitor.port || portOf.get(monitor.sub_type ?? 0);
      return { type: "tcp", host: monitor.url, port: port ?? 0 };
    }
    default:
      notes.lost("type", `${monitor.type}: there is no such probe here; left out`);
      return null;
  }
}

/** By the kind of port that it names. */
const portOf = new Map([
  [1, 80],
  [2, 443],
  [3, 21],
  [4, 25],
  [5, 110],
  [6, 143],
]);

const methods = ["", "HEAD", "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** `exists` is when it is down: what must not be there. */
function keywordOf(monitor: Monitor): Record<string, unknown> {
  const { keyword_value: value, keyword_type: kind, keyword_case_type: caseType } = monitor;
  if (!value) return {};
  const mustBeAbsent = kind === 1;
  if (caseType === 1) return { [mustBeAbsent ? "notMatches" : "matches"]: [anyCase(value)] };
  return { [mustBeAbsent ? "notContains" : "contains"]: [value] };
}

function requestOf(monitor: Monitor, id: string, notes: Notes): Settings {
  const { url, auth: inUrl } = urlOf(monitor.url, id, "url", notes);
  const { http_username: username } = monitor;
  if (username && monitor.http_auth_type === 2) {
    notes.lost("http_auth_type", "digest: allowed are basic and bearer");
  }
  const isBasic = username && monitor.http_auth_type !== 2;
  const auth = isBasic
    ? { basic: { username, password: secretFor(id, "password", "http_password", notes) } }
    : inUrl;
  const name = methods[monitor.http_method ?? 2] ?? "";
  const method = name === "GET" || name === "" ? undefined : name;
  const hasBody = typeof monitor.post_value === "string" && monitor.post_value !== "";
  if (hasBody) {
    notes.lost("post_value", "it may hold secrets: write the body, and references in it, yourself");
  }
  const headers = z.record(z.string(), z.string()).catch({}).parse(monitor.custom_http_headers);
  return {
    url,
    ...given({ method, auth }),
    ...some("headers", headersOf(headers, id, notes)),
    // It follows them, and we say how many.
    redirects: 5,
  };
}
