/** Holds what is set against what the product needs, by name; values are never repeated. */
import { z } from "zod";
import type { Config } from "../../shared/config/schema.ts";
import type { Setting } from "./settings.ts";

export const workers = ["probe", "api"] as const;
export type Worker = (typeof workers)[number];

/** Texts by name, as an environment has them. */
export type Values = Readonly<Record<string, string | undefined>>;

/** The settings that a Worker reads, those of monitors beside. */
export function settingsOf(worker: Worker, settings: readonly Setting[]): readonly Setting[] {
  return settings.filter(
    ({ place, isReserved }) => !isReserved && (place === worker || place === "both"),
  );
}

/** Of what is given, what a Worker reads: its settings, and for probe the secrets of monitors. */
export function valuesFor(
  worker: Worker,
  settings: readonly Setting[],
  given: Values,
): Record<string, string> {
  const known = new Set(settingsOf(worker, settings).map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      value !== undefined &&
      value !== "" &&
      (known.has(name) || (worker === "probe" && /^PROBE_\w+$/.test(name)))
        ? [[name, value]]
        : [],
    ),
  );
}

/** A line for each value that its schema refuses: the setting and what is allowed. */
export function malformed(settings: readonly Setting[], given: Values): string[] {
  const lines = settings.flatMap(({ name, schema }) => {
    const value = given[name];
    if (value === undefined || value === "") return [];
    const parsed = schema.safeParse(value);
    if (parsed.success) return [];
    return [`${name}: ${parsed.error.issues.map(({ message }) => message).join("; ")}`];
  });
  const { ADMIN_TOKEN, MONITORING_API_KEY, HEARTBEAT_SECRET } = given;
  const keys = [ADMIN_TOKEN, MONITORING_API_KEY, HEARTBEAT_SECRET].filter((key) => key);
  if (new Set(keys).size < keys.length) {
    lines.push("ADMIN_TOKEN, MONITORING_API_KEY, HEARTBEAT_SECRET: no two the same");
  }
  return [...new Set(lines)];
}

/** A secret without which a deployment is not whole, and how one gets it. */
export interface Needed {
  readonly name: string;
  readonly worker: Worker;
  readonly why: string;
}

/** What a configuration needs beside the settings that are always needed. */
export function neededSecrets(config: Config | null): readonly Needed[] {
  const monitors = config?.monitors ?? [];
  const named = JSON.stringify(monitors).matchAll(/\{\{\s*secret\.(PROBE_\w+)\s*\}\}/g);
  const isCalledIn = monitors.some(({ type }) => type === "heartbeat");
  return [
    { name: "ADMIN_TOKEN", worker: "api", why: "lets operators in: openssl rand -hex 24" },
    { name: "MONITORING_API_KEY", worker: "api", why: "lets readers in: openssl rand -hex 24" },
    ...(isCalledIn
      ? [
          {
            name: "HEARTBEAT_SECRET",
            worker: "api" as const,
            why: "makes the addresses of heartbeats: openssl rand -hex 32",
          },
        ]
      : []),
    ...[...new Set([...named].map(([, name = ""]) => name))].sort().map((name) => ({
      name,
      worker: "probe" as const,
      why: "is named by a monitor of the configuration",
    })),
  ];
}

/** Whether a base URL is the example's, which nobody has. */
export function isExample(baseUrl: string): boolean {
  return /(?:^|\.)example$/.test(new URL(baseUrl).hostname);
}

/** What a group of settings turns on, and by which of them. */
export interface Feature {
  readonly name: string;
  /** One of these lists, whole. */
  readonly by: readonly (readonly string[])[];
  readonly without: string;
}

/** What a deployment has beyond probing and its API. */
export const features: readonly Feature[] = [
  {
    name: "somebody outside who notices that we are silent",
    by: [["DEAD_MAN_URL"]],
    without: "set DEAD_MAN_URL (probe): a dead monitoring calls nobody",
  },
  {
    name: "errors to Sentry",
    by: [["SENTRY_DSN_BACKEND"]],
    without: "set SENTRY_DSN_BACKEND (both) to see our own errors",
  },
];

/** What goes on to other services, and by which settings; without them it just does not. */
export const exporterFeatures: Readonly<Record<string, readonly (readonly string[])[]>> = {
  otlp: [["OTEL_EXPORTER_OTLP_ENDPOINT"]],
  datadog: [["DATADOG_API_KEY"]],
  "new-relic": [["NEW_RELIC_LICENSE_KEY"]],
  statuspage: [["STATUSPAGE_API_KEY", "STATUSPAGE_PAGE_ID"]],
  "status-webhook": [["STATUS_WEBHOOK_URL", "STATUS_WEBHOOK_SECRET"]],
};

/** Services whose checks are read as vantage points, where monitors name them. */
export const vantageFeatures: Readonly<Record<string, readonly (readonly string[])[]>> = {
  pingdom: [["PINGDOM_API_KEY"]],
  uptimerobot: [["UPTIMEROBOT_API_KEY"]],
};

/** By which settings people can be told. */
export const channelSettings: readonly (readonly string[])[] = [
  ["SLACK_WEBHOOK_URL"],
  ["SLACK_BOT_TOKEN", "SLACK_CHANNEL"],
  ["ALERT_EMAIL_ENABLED", "ALERT_EMAIL_RECIPIENTS", "SMTP_HOST"],
  ["PAGERDUTY_INTEGRATION_KEY"],
  ["ALERT_WEBHOOK_URL", "ALERT_WEBHOOK_SECRET"],
  ["DISCORD_WEBHOOK_URL"],
  ["TEAMS_WEBHOOK_URL"],
  ["TELEGRAM_BOT_TOKEN", "TELEGRAM_CHAT_ID"],
  ["OPSGENIE_API_KEY"],
  ["NTFY_TOPIC"],
  ["GOOGLE_CHAT_WEBHOOK_URL"],
];

/** Whether one of the lists is there as a whole. */
export function isOn(by: readonly (readonly string[])[], names: ReadonlySet<string>): boolean {
  return by.some((list) => list.every((name) => names.has(name)));
}

/** The names in what `wrangler secret list --format json` prints. */
export function secretNames(printed: string): string[] {
  const start = printed.indexOf("[");
  const parsed = z.array(z.object({ name: z.string() })).parse(JSON.parse(printed.slice(start)));
  return parsed.map(({ name }) => name);
}
