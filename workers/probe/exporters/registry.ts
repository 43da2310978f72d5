/** The exporters: a new one is a file and a line here. */
import { datadog } from "./datadog.ts";
import type { ConfiguredExporter, Exporter } from "./exporter.ts";
import { newRelic } from "./new-relic.ts";
import { otlp } from "./otlp.ts";
import { type ExporterSetting, type ExporterSettings, readExporterSettings } from "./settings.ts";

type Builder = {
  readonly settings: readonly ExporterSetting[];
  /** Null where its settings are not there. */
  readonly build: (given: ExporterSettings) => Exporter | null;
};

const builders: Readonly<Record<string, Builder>> = {
  otlp: { settings: ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS"], build: otlp },
  datadog: { settings: ["DATADOG_API_KEY", "DATADOG_SITE", "DATADOG_API_URL"], build: datadog },
  "new-relic": {
    settings: ["NEW_RELIC_LICENSE_KEY", "NEW_RELIC_REGION", "NEW_RELIC_API_URL"],
    build: newRelic,
  },
};

/** Every exporter of an environment. It never throws: a malformed setting breaks its own alone. */
export function exportersOf(env: object): ConfiguredExporter[] {
  return Object.entries(builders).map(([name, { settings, build }]) => {
    const read = readExporterSettings(env, settings);
    if ("mistakes" in read) return { kind: "broken", name, because: read.mistakes };
    const exporter = build(read.given);
    return exporter === null ? { kind: "off" } : { kind: "on", exporter };
  });
}
