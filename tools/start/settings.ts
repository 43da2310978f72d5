import { randomBytes } from "node:crypto";
import { z } from "zod";
import { accessKeySchema, areDistinctKeys, sameKeys } from "../../shared/access-key.ts";
import {
  heartbeatSecretSchema,
  heartbeatSecretShared,
  isHeartbeatSecretApart,
} from "../../shared/heartbeat-secret.ts";

const port = z.coerce
  .number("a port from 1 to 65535")
  .pipe(
    z
      .int("a port from 1 to 65535")
      .min(1, "a port from 1 to 65535")
      .max(65_535, "a port from 1 to 65535"),
  );

/** What `npm start` itself takes; docs/configuration.md is made from this. */
export const startSettingsSchema = z.object({
  PORT: port
    .default(8787)
    .meta({ description: "Where the API listens", example: "80", unit: "port" }),
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:-]{1,253}$/, "a host name or an address")
    .default("127.0.0.1")
    .meta({
      description: "On which address it listens; `0.0.0.0` for all, as in a container",
      example: "0.0.0.0",
    }),
  STAND_IN_PORT: port.default(8790).meta({
    description: "Where NetPost's stand-in listens; its control endpoint is one higher",
    example: "9790",
    unit: "port",
  }),
  NETPOST_BASE_URL: z
    .url({ protocol: /^https?$/, error: "an http(s) URL" })
    .optional()
    .meta({
      description:
        "Where NetPost is, in place of the file's `baseUrl`; `npm start` without it starts a stand-in",
      example: "https://netpost.example",
    }),
  DATA_DIR: z.string().min(1).default(".data").meta({
    description: "Where the database and the regions' objects are kept",
    example: "/var/lib/netpost-monitoring",
  }),
});

const settingsSchema = startSettingsSchema
  .extend({
    ADMIN_TOKEN: accessKeySchema.optional(),
    MONITORING_API_KEY: accessKeySchema.optional(),
    HEARTBEAT_SECRET: heartbeatSecretSchema.optional(),
  })
  .refine(areDistinctKeys, sameKeys)
  .refine(isHeartbeatSecretApart, heartbeatSecretShared);

/** What `npm start` takes from the environment; keys that were missing are made up. */
export type StartSettings = ReturnType<typeof complete>;

/** The settings, or one line for each mistake: the setting and what is allowed, never its value. */
export type ParsedSettings =
  | { readonly ok: true; readonly settings: StartSettings }
  | { readonly ok: false; readonly mistakes: readonly string[] };

/** Parses the environment. A setting that is empty counts as missing. */
export function parseSettings(
  environment: Readonly<Record<string, string | undefined>>,
): ParsedSettings {
  const given = Object.entries(environment).filter(([, value]) => value !== "");
  const parsed = settingsSchema.safeParse(Object.fromEntries(given));
  if (parsed.success) {
    return { ok: true, settings: complete(parsed.data, probeSecretsOf(given)) };
  }
  const mistakes = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  return { ok: false, mistakes };
}

function complete(
  settings: z.infer<typeof settingsSchema>,
  probeSecrets: Readonly<Record<string, string>>,
) {
  return {
    ...settings,
    /** What monitors may name as `{{secret.PROBE_…}}`. */
    probeSecrets,
    ADMIN_TOKEN: settings.ADMIN_TOKEN ?? madeUpKey(),
    MONITORING_API_KEY: settings.MONITORING_API_KEY ?? madeUpKey(),
  };
}

function probeSecretsOf(given: readonly [string, string | undefined][]): Record<string, string> {
  return Object.fromEntries(
    given.flatMap(([name, value]) => {
      return name.startsWith("PROBE_") && value !== undefined ? [[name, value]] : [];
    }),
  );
}

function madeUpKey(): string {
  return randomBytes(18).toString("base64url");
}
