import { lookup } from "node:dns/promises";
import type { Config, MonitorConfig } from "../../shared/config/schema.ts";
import { isPrivateHost } from "../../shared/private-host.ts";

/** A host that would be asked, and where the file says so. */
type Named = { readonly path: string; readonly host: string };

/**
 * Every target of a configuration that is private, or whose name resolves to what is: a line for
 * each, with its path in the file. A name that does not resolve is nobody's private host.
 *
 * @param resolve the addresses of a name; none where it has none
 */
export async function privateTargets(
  config: Config,
  resolve: (name: string) => Promise<readonly string[]> = addressesOf,
): Promise<readonly string[]> {
  const named = hostsOf(config);
  const names = [...new Set(named.map(({ host }) => host))];
  const reasons = new Map<string, string | null>();
  await Promise.all(names.map(async (name) => reasons.set(name, await why(name, resolve))));
  return named.flatMap(({ path, host }) => {
    const reason = reasons.get(host) ?? null;
    const only = "which only ALLOW_PRIVATE_TARGETS=true lets it be";
    return reason === null ? [] : [`${path}: ${reason}, ${only}`];
  });
}

async function why(
  host: string,
  resolve: (name: string) => Promise<readonly string[]>,
): Promise<string | null> {
  if (isPrivateHost(host)) return `${host} is private`;
  const address = (await resolve(host)).find(isPrivateHost);
  return address === undefined ? null : `${host} resolves to ${address}, which is private`;
}

async function addressesOf(name: string): Promise<readonly string[]> {
  try {
    const found = await lookup(name.replace(/^\[|\]$/g, ""), { all: true });
    return found.map(({ address }) => address);
  } catch {
    // It may well be a monitor of just that.
    return [];
  }
}

function hostsOf({ baseUrl, controls, monitors }: Config): readonly Named[] {
  return [
    ...ofUrl("baseUrl", baseUrl, baseUrl),
    ...controls.flatMap((url, at) => ofUrl(`controls.${at}`, url, baseUrl)),
    ...monitors.flatMap((monitor, at) => ofMonitor(`monitors.${at}`, monitor, baseUrl)),
  ];
}

function ofMonitor(path: string, monitor: MonitorConfig, baseUrl: string): readonly Named[] {
  switch (monitor.type) {
    case "http":
    case "websocket":
      return ofUrl(`${path}.url`, monitor.url, baseUrl);
    case "transaction":
      return monitor.steps.flatMap((step, at) =>
        ofUrl(`${path}.steps.${at}.url`, step.url, baseUrl),
      );
    case "tcp":
    case "tls":
      return [{ path: `${path}.host`, host: monitor.host }];
    case "dns":
      return ofUrl(`${path}.resolver`, monitor.resolver, baseUrl);
    case "heartbeat":
      return [];
  }
}

/** What has a secret in its host cannot be told here; a probe looks again. */
function ofUrl(path: string, url: string, baseUrl: string): readonly Named[] {
  if (!URL.canParse(url, baseUrl)) return [];
  const isOwn = path !== "baseUrl" && !URL.canParse(url);
  // What is relative is the base URL's, which has a line of its own.
  return isOwn ? [] : [{ path, host: new URL(url, baseUrl).hostname }];
}
