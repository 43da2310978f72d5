import { z } from "zod";
import { accessKeySchema, areDistinctKeys, sameKeys } from "../../shared/access-key.ts";
import { runbookUrlSchema } from "../../shared/contract/alerting/runbook-url.ts";
import {
  heartbeatSecretSchema,
  heartbeatSecretShared,
  isHeartbeatSecretApart,
} from "../../shared/heartbeat-secret.ts";

/**
 * What the api Worker asks of the probe Worker. Its answer is parsed, whatever its type says. `caller`
 * are the `logIds()` of the request, so that both Workers' lines are found together.
 */
export interface ProbeBinding {
  health(): Promise<unknown>;
  /** Takes a ProbeNowRequest. */
  probeNow(request: unknown, caller?: unknown): Promise<unknown>;
  /** Takes a BenchmarkOrder. */
  benchmark(request: unknown, caller?: unknown): Promise<unknown>;
  /** Tells which channels there are. */
  channels(caller?: unknown): Promise<unknown>;
  /** Takes a test order. */
  sendTest(request: unknown, caller?: unknown): Promise<unknown>;
}

const hasPrepare = (value: unknown) =>
  typeof value === "object" && value !== null && "prepare" in value;
// A service binding is a proxy, and for a proxy "in" and typeof may say anything.
const isBound = (value: unknown) => value !== undefined && value !== null;

const namesSchema = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== ""),
  );

/** What they are; docs/configuration.md is made from this. */
export const apiSettingsSchema = z.object({
  MONITORING_API_KEY: accessKeySchema.optional().meta({
    description: "Lets external readers into /api/monitoring/*; without it only operators get in",
    example: "output of `openssl rand -hex 24`",
    secret: true,
  }),
  ADMIN_TOKEN: accessKeySchema.optional().meta({
    description: "Lets operators in; without it nobody can change anything by the API",
    example: "output of `openssl rand -hex 24`",
    secret: true,
  }),
  ACCESS_TEAM_DOMAIN: z
    .url({ protocol: /^https?$/, error: "an http(s) URL" })
    .transform((url) => new URL(url).origin)
    .optional()
    .meta({
      description:
        "With ACCESS_AUDIENCE: people whom Cloudflare Access lets in need no key; the team's domain",
      example: "https://netpost.cloudflareaccess.com",
    }),
  ACCESS_AUDIENCE: z.string().min(1, "the application's audience tag").optional().meta({
    description: "The audience tag of the application in Cloudflare Access",
    example: "32eafc7626e737119b0b1b1b8e4a2cb9b8d3ef5e6a9e1c9f1f2f3e4d5c6b7a89",
  }),
  ACCESS_ADMINS: namesSchema.meta({
    description: "Whom Access lets in as admins, by e-mail or client id, with commas between",
    example: "ann@netpost.example,ben@netpost.example",
    usually: "nobody",
  }),
  ACCESS_OPERATORS: namesSchema.meta({
    description: "Whom Access lets in as operators; everybody else may read",
    example: "oncall@netpost.example",
    usually: "nobody",
  }),
  RUNBOOK_URL: runbookUrlSchema,
  HEARTBEAT_SECRET: heartbeatSecretSchema.optional().meta({
    description:
      "The addresses of heartbeats are derived from it; without it none is taken, and another one makes every address another",
    example: "output of `openssl rand -hex 32`",
    secret: true,
  }),
});

/** Without one nothing is limited by it, as where nobody but ourselves can ask. */
const limitSchema = z.custom<RateLimit>(isBound).optional();

const environmentSchema = z
  .object({
    DB: z.custom<D1Database>(hasPrepare, "the D1 binding of wrangler.toml"),
    PROBE: z.custom<ProbeBinding>(isBound, "the service binding of wrangler.toml"),
    LIMIT_PUBLIC: limitSchema,
    LIMIT_PING: limitSchema,
    LIMIT_ADDRESS: limitSchema,
    LIMIT_FAILED: limitSchema,
    LIMIT_KEY: limitSchema,
    ...apiSettingsSchema.shape,
  })
  .refine(areDistinctKeys, sameKeys)
  .refine(isHeartbeatSecretApart, heartbeatSecretShared);

/** The parsed environment of the Worker. */
export type Environment = z.infer<typeof environmentSchema>;

/** A setting is missing or malformed. The message names settings, never a value. */
export class MisconfiguredError extends Error {
  override readonly name = "MisconfiguredError";
}

const parsed = new WeakMap<object, Environment>();

/**
 * Parses the Worker's environment, once for each.
 *
 * @throws MisconfiguredError naming every setting that is wrong and what is allowed
 */
export function readEnvironment(raw: unknown): Environment {
  if (typeof raw !== "object" || raw === null) throw new MisconfiguredError("no environment");
  const known = parsed.get(raw);
  if (known) return known;
  const result = environmentSchema.safeParse(raw);
  if (!result.success) {
    const mistakes = result.error.issues.map(
      ({ path, message }) => `${path.join(".")}: ${message}`,
    );
    throw new MisconfiguredError(`settings of the api Worker: ${mistakes.join("; ")}`);
  }
  parsed.set(raw, result.data);
  return result.data;
}
