import { z } from "zod";
import type { ErrorReportSetting } from "../../shared/error-reports/settings.ts";
import type { CareSetting } from "./care-settings.ts";
import type { ExporterSetting } from "./exporters/settings.ts";
import type { NotificationSetting } from "./notifiers/environment.ts";
import type { PlanKeeper } from "./plan-keeper.ts";
import type { Region } from "./region/region.ts";
import type { StatusPushSetting } from "./status-push/settings.ts";
import type { VantagePointSetting } from "./vantage-points/settings.ts";
import type { WatchSetting } from "./watch-settings.ts";

/** What the platform binds to this Worker. */
export interface Bindings {
  readonly DB: D1Database;
  readonly REGION: DurableObjectNamespace<Region>;
  readonly PLAN_KEEPER: DurableObjectNamespace<PlanKeeper>;
}

/** What they are; docs/configuration.md is made from this. */
export const probeSettingsSchema = z.object({
  MONITOR_INFO_URL: z.url({ protocol: /^https?$/, error: "an http(s) URL" }).meta({
    description:
      "Where the owner of a target can read who probes it; named in the User-Agent of every probe",
    example: "https://netpost.example/monitoring",
  }),
  TRACE_URL: z
    .url({ protocol: /^https?$/, error: "an http(s) URL" })
    .optional()
    .meta({
      description:
        "Cloudflare's trace, which tells a region's object where it runs; without it nobody knows",
      example: "https://www.cloudflare.com/cdn-cgi/trace",
    }),
  DNS_RESOLVER_URL: z
    .url({ protocol: /^https?$/, error: "an http(s) URL" })
    .default("https://cloudflare-dns.com/dns-query")
    .meta({
      description:
        "Answers look-ups by DNS over HTTPS, in JSON (`application/dns-json`), where a failure is classified",
      example: "https://dns.google/resolve",
    }),
  ALLOW_PRIVATE_TARGETS: z
    .enum(["true", "false"])
    .default("false")
    .transform((text) => text === "true")
    .meta({
      description:
        "Whether hosts that are not public (loopback, private networks, local names) may be probed: for a NetPost beside the monitoring",
      example: "true",
    }),
  API_URL: z
    .url({ protocol: /^https?$/, error: "an http(s) URL" })
    .optional()
    .meta({
      description:
        "The public address of the api Worker, where jobs call in; asked every minute whether they can. Without it, only the database is",
      example: "https://monitoring.netpost.example",
    }),
  DEAD_MAN_URL: z
    .url({ protocol: /^https?$/, error: "an http(s) URL" })
    .optional()
    .meta({
      description:
        "A watch outside that calls people when a GET stops coming; asked after each minute that was recorded. Without it a dead monitoring is silent",
      example: "https://hc-ping.com/00000000-0000-4000-8000-000000000000",
      secret: true,
    }),
  DASHBOARD_URL: z
    .url({ protocol: /^https?$/, error: "an http(s) URL" })
    .optional()
    .meta({
      description: "Where people look at incidents; messages link to it",
      example: "https://monitoring.netpost.example",
    }),
});

export type Settings = z.infer<typeof probeSettingsSchema>;

/**
 * The Worker's environment: bindings, and settings still to be parsed. Those of notifications are
 * parsed apart (notifiers/environment.ts): a mistake in one must not stop the probing.
 */
export type Env = Bindings & {
  readonly [Name in
    | keyof Settings
    | NotificationSetting
    | CareSetting
    | WatchSetting
    | ExporterSetting
    | StatusPushSetting
    | VantagePointSetting
    | ErrorReportSetting]?: unknown;
};

/** An environment does not change while it lives. */
const parsedBefore = new WeakMap<Env, Settings>();

/**
 * Parses the settings, once for each environment.
 *
 * @throws Error naming every setting that is missing or malformed, never a value
 */
export function parseSettings(env: Env): Settings {
  const known = parsedBefore.get(env);
  if (known !== undefined) return known;
  const parsed = probeSettingsSchema.safeParse(env);
  if (parsed.success) {
    parsedBefore.set(env, parsed.data);
    return parsed.data;
  }
  const mistakes = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`settings of the probe Worker: ${mistakes.join("; ")}`);
}
