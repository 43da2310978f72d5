import { z } from "zod";
import type { CareSetting } from "./care-settings.ts";
import type { NotificationSetting } from "./notifiers/environment.ts";
import type { PlanKeeper } from "./plan-keeper.ts";
import type { Region } from "./region/region.ts";

/** What the platform binds to this Worker. */
export interface Bindings {
  readonly DB: D1Database;
  readonly REGION: DurableObjectNamespace<Region>;
  readonly PLAN_KEEPER: DurableObjectNamespace<PlanKeeper>;
}

const settingsSchema = z.object({
  /** Where the owner of a target can read who probes it, named in the User-Agent. */
  MONITOR_INFO_URL: z.url({ protocol: /^https?$/, error: "an http(s) URL" }),
  /** Cloudflare's trace, which tells a region's object where it runs; without it nobody knows. */
  TRACE_URL: z.url({ protocol: /^https?$/, error: "an http(s) URL" }).optional(),
  /** Answers look-ups by DNS over HTTPS, in JSON (`application/dns-json`). */
  DNS_RESOLVER_URL: z
    .url({ protocol: /^https?$/, error: "an http(s) URL" })
    .default("https://cloudflare-dns.com/dns-query"),
  /** Where jobs call in; asked every minute whether they can. Without it, only the database is. */
  API_URL: z.url({ protocol: /^https?$/, error: "an http(s) URL" }).optional(),
  /** A watch outside, asked after each minute that was recorded. Its address is a secret. */
  DEAD_MAN_URL: z.url({ protocol: /^https?$/, error: "an http(s) URL" }).optional(),
  /** Where people look at incidents; messages link to it. */
  DASHBOARD_URL: z.url({ protocol: /^https?$/, error: "an http(s) URL" }).optional(),
});

export type Settings = z.infer<typeof settingsSchema>;

/**
 * The Worker's environment: bindings, and settings still to be parsed. Those of notifications are
 * parsed apart (notifiers/environment.ts): a mistake in one must not stop the probing.
 */
export type Env = Bindings & {
  readonly [Name in keyof Settings | NotificationSetting | CareSetting]?: unknown;
};

/**
 * Parses the settings.
 *
 * @throws Error naming every setting that is missing or malformed, never a value
 */
export function parseSettings(env: Env): Settings {
  const parsed = settingsSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`settings of the probe Worker: ${mistakes.join("; ")}`);
}
