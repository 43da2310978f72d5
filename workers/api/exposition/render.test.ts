import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseExposition } from "../testing/parse-exposition.ts";
import { counter, type Family, gauge, info } from "./family.ts";
import { render } from "./render.ts";

const families: Family[] = [
  gauge("lag_seconds", 'Says "how old"\\\nin words', [{ value: 1.5 }]),
  counter("results", "Results", [{ labels: { region: "a", group: null }, value: 3 }]),
  info("build", "Version", [{ version: "1" }]),
  {
    name: "duration_seconds",
    help: "Times",
    type: "histogram",
    bounds: [0.5, 1],
    histograms: [{ labels: { region: "a" }, atMost: [1, 2], count: 3, sum: 7.25 }],
  },
  gauge("nothing", "Without a sample", [{ value: null }]),
];

describe("render", () => {
  it("writes Prometheus' text format", () => {
    expect(render(families, "prometheus")).toBe(
      [
        '# HELP lag_seconds Says "how old"\\\\\\nin words',
        "# TYPE lag_seconds gauge",
        "lag_seconds 1.5",
        "# HELP results_total Results",
        "# TYPE results_total counter",
        'results_total{region="a"} 3',
        "# HELP build_info Version",
        "# TYPE build_info gauge",
        'build_info{version="1"} 1',
        "# HELP duration_seconds Times",
        "# TYPE duration_seconds histogram",
        'duration_seconds_bucket{region="a",le="0.5"} 1',
        'duration_seconds_bucket{region="a",le="1.0"} 2',
        'duration_seconds_bucket{region="a",le="+Inf"} 3',
        'duration_seconds_sum{region="a"} 7.25',
        'duration_seconds_count{region="a"} 3',
        "",
      ].join("\n"),
    );
  });

  it("writes the same samples as OpenMetrics, with its comments and its end", () => {
    const text = render(families, "openmetrics");
    expect(text).toContain(
      '# TYPE lag_seconds gauge\n# UNIT lag_seconds seconds\n# HELP lag_seconds Says \\"how old\\"\\\\\\nin words\n',
    );
    expect(text).toContain("# TYPE results counter\n# HELP results Results\nresults_total{");
    expect(text).toContain("# TYPE build info\n# HELP build Version\nbuild_info{");
    expect(text.endsWith("\n# EOF\n")).toBe(true);
    expect(parseExposition(text).samples).toEqual(
      parseExposition(render(families, "prometheus")).samples,
    );
  });

  it("keeps every text of a label and every number, in both formats", () => {
    const text = fc.string({ unit: "binary", maxLength: 12 });
    const hostile = fc.constantFrom('"', "\\", "\n", '\\n"', '"} 1\nevil{a="b', "\\\n", "\r", "é");
    fc.assert(
      fc.property(
        fc.array(fc.oneof(text, hostile), { minLength: 1, maxLength: 4 }),
        fc.oneof(fc.double(), fc.integer(), fc.constantFrom(Infinity, -Infinity, NaN)),
        fc.constantFrom("prometheus", "openmetrics"),
        fc.oneof(text, hostile),
        (texts, value, format, help) => {
          const labels = Object.fromEntries(texts.map((one, index) => [`l${index}`, one]));
          const family = gauge("one", `.${help}`, [{ labels, value }]);
          const { samples } = parseExposition(render([family], format));
          const wanted = Object.entries(labels).map(([name, one]) => [name, one.toWellFormed()]);
          expect(samples).toEqual([
            { name: "one", labels: Object.fromEntries(wanted), value: value === 0 ? 0 : value },
          ]);
        },
      ),
    );
  });

  it.each([
    gauge("no name", "", [{ value: 1 }]),
    gauge("name", "", [{ labels: { "no-label": "" }, value: 1 }]),
  ])("refuses a name that would spoil the answer", (family) => {
    expect(() => render([family], "prometheus")).toThrow(RangeError);
  });
});
