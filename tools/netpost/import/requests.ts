/** Parts of HTTP requests: where they go, headers, and secrets that are not to be written down. */
import { methodSchema } from "../../../shared/contract/probes/http.ts";
import { isTemplate } from "../../../shared/template.ts";
import type { Notes } from "./imported.ts";

const sensitive = /^(?:authorization|proxy-authorization|cookie)$|token|secret|password|api-?key/i;

/**
 * Headers as our file has them: in place of a value that may be a secret stands a reference to one.
 *
 * @param id of the monitor, which names the secret
 */
export function headersOf(
  headers: Readonly<Record<string, unknown>>,
  id: string,
  notes: Notes,
): Record<string, string> {
  const kept = Object.entries(headers).flatMap(([name, value]): [string, string][] => {
    const field = `headers.${name}`;
    if (/^host$/i.test(name)) {
      notes.lost(field, "a Worker sends the host of the URL");
      return [];
    }
    if (!sensitive.test(name)) return [[name, String(value)]];
    return [[name, secretFor(id, name, field, notes)]];
  });
  return Object.fromEntries(kept);
}

/** A reference to a secret that somebody has to store, and a note that says so. */
export function secretFor(id: string, what: string, field: string, notes: Notes): string {
  // Under names of their own: a secret of NetPost's shall not go to another site by accident.
  const name = `PROBE_IMPORTED_${id}_${what}`.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_");
  notes.differs(field, `not written down: store it as the secret ${name} of the probe Worker`);
  return `{{secret.${name}}}`;
}

/** The URL without a name and password in it, which become `auth`. */
export function urlOf(url: string, id: string, field: string, notes: Notes) {
  if (isTemplate(url) || !URL.canParse(url)) return { url };
  const parsed = new URL(url);
  if (parsed.username === "") return { url };
  const username = decodeURIComponent(parsed.username);
  parsed.username = "";
  parsed.password = "";
  const password = secretFor(id, "password", field, notes);
  return { url: parsed.href, auth: { basic: { username, password } } };
}

/** The method, or a note and null where we have no such. GET is left out. */
export function methodOf(
  method: string | null | undefined,
  field: string,
  notes: Notes,
): { readonly method?: string } | null {
  const name = (method || "GET").toUpperCase();
  const parsed = methodSchema.safeParse(name);
  if (!parsed.success) {
    notes.lost(field, `a request with the method ${name} is not possible here`);
    return null;
  }
  return name === "GET" ? {} : { method: name };
}

const everyStatus = Array.from({ length: 500 }, (_, index) => index + 100);

/** The demand on a status that allows these and no others; null where it allows none. */
export function statusDemand(isAllowed: (status: number) => boolean): unknown[] | null {
  const ranges: { from: number; to: number }[] = [];
  for (const status of everyStatus.filter(isAllowed)) {
    const last = ranges.at(-1);
    if (last !== undefined && last.to === status - 1 && status % 100 !== 0) last.to = status;
    else ranges.push({ from: status, to: status });
  }
  const demand = ranges.map(({ from, to }) => {
    if (from === to) return from;
    return from % 100 === 0 && to === from + 99 ? `${from / 100}xx` : { from, to };
  });
  return demand.length > 0 ? demand : null;
}

/** `{ status }`, or nothing where it is what we demand anyway. */
export function statusSetting(demand: readonly unknown[]): { readonly status?: unknown } {
  return demand.length === 1 && demand[0] === "2xx" ? {} : { status: demand };
}

/** A host and a port; null where it is neither a name, an address, nor an address in brackets. */
export function hostAndPort(text: string): { host: string; port: number } | null {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:/]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  return host === undefined ? null : { host, port: Number(port) };
}

/** A monitor of a certificate beside that of a page. */
export function certificateMonitor(
  id: string,
  of: { readonly name: string; readonly group?: string | undefined; readonly url: string },
  expect: { readonly minDaysLeft: number; readonly downDaysLeft: number },
): { readonly id: string; readonly [setting: string]: unknown } | null {
  if (!URL.canParse(of.url)) return null;
  const { protocol, hostname, port } = new URL(of.url);
  if (protocol !== "https:" && protocol !== "wss:") return null;
  return {
    id,
    type: "tls",
    name: `${of.name}, certificate`.slice(0, 100),
    ...(of.group !== undefined && { group: of.group }),
    host: hostname.replaceAll(/[[\]]/g, ""),
    ...(port !== "" && { port: Number(port) }),
    intervalSeconds: 3_600,
    expect,
  };
}
