/**
 * Settings of services whose checks are read. They are parsed apart from the others: a mistake in
 * one turns its own service off, which is told, and stops nothing else.
 */
import { z } from "zod";
import { channelUrlWords, isChannelUrl } from "../notifiers/secret.ts";

const url = z.string().trim().refine(isChannelUrl, channelUrlWords);
const key = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]+$/, "the key as the service shows it: no blanks, ASCII");

/** What they are; docs/configuration.md is made from this. */
export const vantagePointSettingsSchema = z
  .object({
    PINGDOM_API_KEY: key.meta({
      description: "Reads the checks of Pingdom that monitors name as vantage points",
      example: "a token of Pingdom's API 3.1 with read access",
      secret: true,
    }),
    PINGDOM_API_URL: url.meta({
      description: "A proxy that passes requests on to Pingdom",
      example: "https://proxy.netpost.example",
      usually: "https://api.pingdom.com",
    }),
    UPTIMEROBOT_API_KEY: key.meta({
      description: "Reads the monitors of UptimeRobot that monitors name as vantage points",
      example: "a read-only key of UptimeRobot",
      secret: true,
    }),
    UPTIMEROBOT_API_URL: url.meta({
      description: "A proxy that passes requests on to UptimeRobot",
      example: "https://proxy.netpost.example",
      usually: "https://api.uptimerobot.com",
    }),
  })
  .partial();

export type VantagePointSetting = keyof typeof vantagePointSettingsSchema.shape;

/** Some of the settings as they are given, or what is wrong with them; empty ones are unset. */
export function readVantagePointSettings(
  env: object,
  names: readonly VantagePointSetting[],
): { readonly given: z.infer<typeof vantagePointSettingsSchema> } | { readonly mistakes: string } {
  const present = names.flatMap((name) => {
    const value: unknown = Reflect.get(env, name);
    return value === undefined || value === "" ? [] : [[name, value] as const];
  });
  const parsed = vantagePointSettingsSchema.safeParse(Object.fromEntries(present));
  if (parsed.success) return { given: parsed.data };
  const words = parsed.error.issues.map(({ path, message }) => `${String(path[0])}: ${message}`);
  return { mistakes: words.join("; ") };
}
