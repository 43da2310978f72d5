/**
 * Settings of error reports. They are parsed apart from the others: a mistake in one turns its part
 * off, or to its default, and is said once; it does not stop the probing.
 */
import { z } from "zod";
import { version } from "../version.ts";

const dsnPattern = /^\s*https?:\/\/\w+(?::\w+)?@[\w.-]+(?::\d+)?\/(?:[\w/-]+\/)?\d+\s*$/;
const word = /^\s*[\w.@/+-]{1,200}\s*$/;
const name = (words: string) =>
  z
    .string(words)
    .regex(word, words)
    .transform((text) => text.trim());

/** What they are; docs/configuration.md is made from this. */
export const errorReportSettingsSchema = z.object({
  SENTRY_DSN_BACKEND: z
    .string()
    .regex(dsnPattern, "a Sentry DSN: https://<public key>@<host>/<project's number>")
    .transform((text) => text.trim())
    .optional()
    .meta({
      description: "Where errors, measurements and cron check-ins go; without it none are sent",
      example: "https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/42",
      secret: true,
    }),
  SENTRY_ENVIRONMENT: name("letters, digits and _ . @ / + -").default("production").meta({
    description: "The environment under which Sentry shows them",
    example: "staging",
  }),
  SENTRY_RELEASE: name("letters, digits and _ . @ / + -")
    .default(`netpost-monitoring@${version}`)
    .meta({
      description:
        "The release under which Sentry shows them and finds source maps; `npm run deploy` sets it when it uploads them",
      example: "netpost-monitoring@0.1.0+3f9a2c1",
    }),
  SENTRY_TRACES_SAMPLE_RATE: z
    .union([z.string().regex(/^\s*(?:0(?:\.\d+)?|1(?:\.0+)?|\.\d+)\s*$/), z.number()])
    .transform(Number)
    .pipe(z.number().min(0).max(1))
    .default(0.01)
    .meta({
      description: "The share of ticks and requests whose duration is sent",
      example: "0.05",
      unit: "share, 0 to 1",
    }),
  SENTRY_CRON_MONITOR_SLUG: z
    .string()
    .regex(/^\s*(?:off|[a-z0-9][a-z0-9_-]{0,49})\s*$/)
    .transform((text) => text.trim())
    .default("netpost-monitoring-tick")
    .meta({
      description:
        "Sentry's cron monitor, made at the first check-in, that expects a tick every minute; `off` for none (a check-in is two subrequests a tick)",
      example: "netpost-monitoring-tick",
    }),
});

/** Named by NetPost for its operators' web pages. There are none yet: nothing reads these. */
export const reservedReportSettingsSchema = z.object({
  NEXT_PUBLIC_SENTRY_DSN_DASHBOARD: z.string().optional().meta({
    description: "Reserved for error reports and session replay of operators' web pages; not read",
    example: "https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/43",
  }),
  SENTRY_PROJECT_DASHBOARD: z.string().optional().meta({
    description: "Reserved for source maps of operators' web pages; not read",
    example: "netpost-dashboard",
  }),
});

/** What is allowed, where the schema's own words do not say it. */
const allowed: Readonly<Record<string, string>> = {
  SENTRY_TRACES_SAMPLE_RATE: "a share: 0 to 1",
  SENTRY_CRON_MONITOR_SLUG: "off, or small letters, digits, _ and -, at most 50",
};

export type ErrorReportSetting = keyof typeof errorReportSettingsSchema.shape;

export interface ErrorReportSettings {
  /** Null: nothing is sent. */
  readonly dsn: string | null;
  readonly environment: string;
  readonly release: string;
  readonly tracesSampleRate: number;
  /** Null: no check-ins. */
  readonly cronMonitor: string | null;
  /** What is malformed: names settings and what is allowed, never a value. Null: nothing is. */
  readonly fault: string | null;
}

/** Reads the settings. Never throws: what is malformed counts as missing, and is told. */
export function readErrorReportSettings(env: object): ErrorReportSettings {
  const mistakes: string[] = [];
  const read = <T>(setting: ErrorReportSetting, schema: z.ZodType<T>): T => {
    const given: unknown = Reflect.get(env, setting);
    const parsed = schema.safeParse(given === "" ? undefined : given);
    if (parsed.success) return parsed.data;
    const words = parsed.error.issues[0]?.message ?? "malformed";
    mistakes.push(`${setting}: ${allowed[setting] ?? words}`);
    return schema.parse(undefined);
  };
  const { shape } = errorReportSettingsSchema;
  const slug = read("SENTRY_CRON_MONITOR_SLUG", shape.SENTRY_CRON_MONITOR_SLUG);
  return {
    dsn: read("SENTRY_DSN_BACKEND", shape.SENTRY_DSN_BACKEND) ?? null,
    environment: read("SENTRY_ENVIRONMENT", shape.SENTRY_ENVIRONMENT),
    release: read("SENTRY_RELEASE", shape.SENTRY_RELEASE),
    tracesSampleRate: read("SENTRY_TRACES_SAMPLE_RATE", shape.SENTRY_TRACES_SAMPLE_RATE),
    cronMonitor: slug === "off" ? null : slug,
    fault: mistakes.length === 0 ? null : mistakes.join("; "),
  };
}
