import { exporterSettingsSchema, otlpHeaders } from "./settings.ts";

const names = [
  ...Object.keys(exporterSettingsSchema.shape),
  ...["STATUSPAGE_API_KEY", "STATUS_WEBHOOK_URL", "STATUS_WEBHOOK_SECRET"],
  ...["PINGDOM_API_KEY", "UPTIMEROBOT_API_KEY"],
].filter((name) => /KEY|HEADERS|SECRET|WEBHOOK/.test(name));

/** The secrets of services outside, and the parts in which they are sent. */
export function secretsIn(env: object): string[] {
  return names.flatMap((name) => {
    const value: unknown = Reflect.get(env, name);
    if (typeof value !== "string" || value === "") return [];
    const headers = name.endsWith("HEADERS") ? Object.values(otlpHeaders(value) ?? {}) : [];
    const parts = [value.trim(), ...headers].flatMap((one) => [one, ...one.split(/\s+/)]);
    return [value, ...parts].filter((part) => part.length >= 6);
  });
}
