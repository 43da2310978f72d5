/**
 * Families as text. Prometheus' text format 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/) and OpenMetrics 1.0
 * (https://prometheus.io/docs/specs/om/open_metrics_spec/): the same samples, other comments.
 */
import type { Family, Labels } from "./family.ts";

export type ExpositionFormat = "prometheus" | "openmetrics";

/** What an answer in a format says it is. */
export const expositionTypes: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/**
 * Writes families as text. Those without a sample are left out.
 *
 * @throws RangeError on a name that the format does not allow: it would spoil the whole answer
 */
export function render(families: readonly Family[], format: ExpositionFormat): string {
  const text = families.map((family) => renderFamily(family, format)).join("");
  return format === "openmetrics" ? `${text}# EOF\n` : text;
}

const suffixes = { counter: "_total", info: "_info", gauge: "", histogram: "" } as const;

function renderFamily(family: Family, format: ExpositionFormat): string {
  const lines =
    family.type === "histogram"
      ? family.histograms.flatMap(({ labels, atMost, count, sum }) => [
          ...family.bounds.map((bound, index) =>
            line(`${family.name}_bucket`, { ...labels, le: float(bound) }, atMost[index] ?? count),
          ),
          line(`${family.name}_bucket`, { ...labels, le: "+Inf" }, count),
          line(`${family.name}_sum`, labels, sum),
          line(`${family.name}_count`, labels, count),
        ])
      : family.samples.map(({ labels, value }) =>
          line(family.name + suffixes[family.type], labels, value),
        );
  if (lines.length === 0) return "";
  return `${comments(family, format).join("\n")}\n${lines.join("\n")}\n`;
}

function comments({ name, type, help }: Family, format: ExpositionFormat): string[] {
  if (format === "openmetrics") {
    const unit = name.endsWith("_seconds") ? [`# UNIT ${name} seconds`] : [];
    return [`# TYPE ${name} ${type}`, ...unit, `# HELP ${name} ${escapeLabel(help)}`];
  }
  const sampled = name + suffixes[type];
  const known = type === "info" ? "gauge" : type;
  return [`# HELP ${sampled} ${escapeHelp(help)}`, `# TYPE ${sampled} ${known}`];
}

function line(name: string, labels: Labels, value: number): string {
  if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)) throw new RangeError(`no metric name: ${name}`);
  const written = Object.entries(labels).flatMap(([label, text]) => {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label)) throw new RangeError(`no label name: ${label}`);
    return text === null ? [] : [`${label}="${escapeLabel(text)}"`];
  });
  return `${name}${written.length === 0 ? "" : `{${written.join(",")}}`} ${number(value)}`;
}

function number(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}

/** A bound as OpenMetrics wants it, so that it is the same series in both formats. */
function float(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : number(value);
}

/** Half a surrogate pair is no UTF-8: it becomes U+FFFD, as an encoder would have it. */
function escapeHelp(text: string): string {
  return text.toWellFormed().replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
