import { z } from "zod";

const shortest = 32;

/**
 * What ping addresses are derived from. Whoever has one address could try secrets against it at
 * leisure, so it has to be long: `openssl rand -hex 32`.
 */
export const heartbeatSecretSchema = z
  .string()
  .regex(
    new RegExp(`^[\\x21-\\x7e]{${shortest},}$`),
    `at least ${shortest} characters, visible ASCII without spaces; leave it out to turn it off`,
  );

/** Whether it is no key as well: whoever has that could compute every address. */
export function isHeartbeatSecretApart(settings: {
  readonly HEARTBEAT_SECRET?: string | undefined;
  readonly ADMIN_TOKEN?: string | undefined;
  readonly MONITORING_API_KEY?: string | undefined;
}): boolean {
  const { HEARTBEAT_SECRET: secret, ADMIN_TOKEN, MONITORING_API_KEY } = settings;
  return secret === undefined || (secret !== ADMIN_TOKEN && secret !== MONITORING_API_KEY);
}

/** What is wrong where it is. */
export const heartbeatSecretShared = {
  path: ["HEARTBEAT_SECRET"],
  error: "not the same as ADMIN_TOKEN or MONITORING_API_KEY",
};
