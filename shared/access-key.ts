import { z } from "zod";

const shortest = 16;

/** A key that lets somebody in: visible ASCII, as it has to fit into an Authorization header. */
export const accessKeySchema = z
  .string()
  .regex(
    new RegExp(`^[\\x21-\\x7e]{${shortest},}$`),
    `at least ${shortest} characters, visible ASCII without spaces; leave it out to turn it off`,
  );

/** Whether the two keys can be told apart. */
export function areDistinctKeys(settings: {
  readonly ADMIN_TOKEN?: string | undefined;
  readonly MONITORING_API_KEY?: string | undefined;
}): boolean {
  const { ADMIN_TOKEN, MONITORING_API_KEY } = settings;
  return ADMIN_TOKEN === undefined || ADMIN_TOKEN !== MONITORING_API_KEY;
}

/** What is wrong where they cannot. */
export const sameKeys = { path: ["ADMIN_TOKEN"], error: "not the same as MONITORING_API_KEY" };
