/**
 * Settings of exporters. They are parsed apart from the others: a mistake in one turns its own
 * exporter off, which is said once, and stops nothing else.
 */
import { z } from "zod";
import { channelUrlWords, isChannelUrl } from "../notifiers/secret.ts";

const url = z.string().trim().refine(isChannelUrl, channelUrlWords);
const key = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]+$/, "the key as the service shows it: no blanks, ASCII");

/** A part of a header as OTEL_EXPORTER_OTLP_HEADERS has it: percent-encoded (W3C Baggage). */
function decoded(text: string): string | null {
  try {
    const plain = decodeURIComponent(text.trim());
    return /^[\t\x20-\x7e]*$/.test(plain) ? plain : null;
  } catch {
    return null;
  }
}

/** The headers in `name=value,name=value`; null where malformed. */
export function otlpHeaders(text: string): Record<string, string> | null {
  const headers: Record<string, string> = {};
  for (const entry of text.split(",")) {
    if (entry.trim() === "") continue;
    const at = entry.indexOf("=");
    const name = decoded(entry.slice(0, Math.max(0, at)));
    const value = decoded(entry.slice(at + 1));
    if (name === null || value === null || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return null;
    headers[name] = value;
  }
  return headers;
}

/** What they are; docs/configuration.md is made from this. */
export const exporterSettingsSchema = z
  .object({
    OTEL_EXPORTER_OTLP_ENDPOINT: url.meta({
      description:
        "Turns the exporter `otlp` on: where a collector takes OTLP over HTTP; `/v1/metrics` is added",
      example: "https://collector.netpost.example:4318",
    }),
    OTEL_EXPORTER_OTLP_HEADERS: z
      .string()
      .refine((text) => otlpHeaders(text) !== null, "name=value,name=value, percent-encoded")
      .meta({
        description: "Headers of each request, as OpenTelemetry writes them",
        example: "authorization=Bearer%20…,x-tenant=netpost",
        secret: true,
      }),
    DATADOG_API_KEY: key.meta({
      description: "Turns the exporter `datadog` on",
      example: "32 hexadecimal digits",
      secret: true,
    }),
    DATADOG_SITE: z
      .string()
      .trim()
      .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, "a site as Datadog names it, without https://")
      .default("datadoghq.com")
      .meta({ description: "Datadog's site of the account", example: "datadoghq.eu" }),
    DATADOG_API_URL: url.meta({
      description: "In the place of DATADOG_SITE: a proxy that passes requests on",
      example: "https://proxy.netpost.example",
    }),
    NEW_RELIC_LICENSE_KEY: key.meta({
      description: "Turns the exporter `new-relic` on",
      example: "40 characters",
      secret: true,
    }),
    NEW_RELIC_REGION: z
      .enum(["us", "eu"], "us or eu")
      .default("us")
      .meta({ description: "Where New Relic keeps the account's data", example: "eu" }),
    NEW_RELIC_API_URL: url.meta({
      description: "In the place of NEW_RELIC_REGION: a proxy that passes requests on",
      example: "https://proxy.netpost.example",
    }),
  })
  .partial();

export type ExporterSetting = keyof typeof exporterSettingsSchema.shape;
export type ExporterSettings = z.infer<typeof exporterSettingsSchema>;

/** Settings of one exporter as they are given, or what is wrong with them; empty ones are unset. */
export function readExporterSettings(
  env: object,
  names: readonly ExporterSetting[],
): { readonly given: ExporterSettings } | { readonly mistakes: string } {
  const present = names.flatMap((name) => {
    const value: unknown = Reflect.get(env, name);
    return value === undefined || value === "" ? [] : [[name, value] as const];
  });
  const parsed = exporterSettingsSchema.safeParse(Object.fromEntries(present));
  if (parsed.success) return { given: parsed.data };
  const words = parsed.error.issues.map(({ path, message }) => `${String(path[0])}: ${message}`);
  return { mistakes: words.join("; ") };
}
