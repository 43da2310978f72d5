import { z } from "zod";
import { accessKeySchema, areDistinctKeys, sameKeys } from "../../shared/access-key.ts";
import {
  heartbeatSecretSchema,
  heartbeatSecretShared,
  isHeartbeatSecretApart,
} from "../../shared/heartbeat-secret.ts";

/** What the api Worker asks of the probe Worker. Its answer is parsed, whatever its type says. */
export interface ProbeBinding {
  health(): Promise<unknown>;
  /** Takes a ProbeNowRequest. */
  probeNow(request: unknown): Promise<unknown>;
  /** Takes a BenchmarkOrder. */
  benchmark(request: unknown): Promise<unknown>;
  /** Tells which channels there are. */
  channels(): Promise<unknown>;
  /** Takes a test order. */
  sendTest(request: unknown): Promise<unknown>;
}

const secret = accessKeySchema.optional();

const hasPrepare = (value: unknown) =>
  typeof value === "object" && value !== null && "prepare" in value;
// A service binding is a proxy, and for a proxy "in" and typeof may say anything.
const isBound = (value: unknown) => value !== undefined && value !== null;

const environmentSchema = z
  .object({
    DB: z.custom<D1Database>(hasPrepare, "the D1 binding of wrangler.toml"),
    PROBE: z.custom<ProbeBinding>(isBound, "the service binding of wrangler.toml"),
    /** Lets external readers into /api/monitoring/*. */
    MONITORING_API_KEY: secret,
    /** Lets operators in. */
    ADMIN_TOKEN: secret,
    /** The addresses of heartbeats are derived from it; without it none is taken. */
    HEARTBEAT_SECRET: heartbeatSecretSchema.optional(),
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
