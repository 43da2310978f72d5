/** What importers of services that can be vantage points share. */
import { z } from "zod";
import { CommandError } from "../command.ts";
import { slugOf } from "./imported.ts";

/** The monitor goes on being watched there: its check is named, and can be read (role: beside). */
export function watchedBy(service: "pingdom" | "uptimerobot", check: number) {
  return { vantagePoints: [{ service, check: String(check) }] };
}

/** Tags that ours can be; undefined where there are none. */
export function tagsOf(names: readonly string[]): string[] | undefined {
  const tags = [...new Set(names.map(slugOf).filter((tag) => tag !== ""))];
  return tags.length > 0 ? tags : undefined;
}

/** Text as an expression that matches it in any case. */
export function anyCase(text: string): string {
  return `(?i)${text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")}`;
}

/**
 * Asks a service's API, and reads its JSON.
 *
 * @throws CommandError that names the service and what it said, never the key
 */
export async function askApi(service: string, url: string, init: RequestInit): Promise<unknown> {
  const signal = AbortSignal.timeout(15_000);
  const response = await fetch(url, { ...init, redirect: "manual", signal }).catch(() => null);
  if (response === null) throw new CommandError(`${service}: no answer from ${new URL(url).host}`);
  if (response.status === 429) {
    const after = response.headers.get("Retry-After");
    const wait = after === null ? "later" : `in ${after} s`;
    throw new CommandError(`${service}: its limit of requests is reached; try again ${wait}`);
  }
  const said = z.unknown().safeParse(await response.json().catch(() => undefined));
  if (!response.ok) {
    const why = response.status === 401 || response.status === 403 ? ": is the key right?" : "";
    throw new CommandError(`${service}: status ${response.status}${why}`);
  }
  return said.data;
}
