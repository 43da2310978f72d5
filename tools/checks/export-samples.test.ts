import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { exportedMetrics } from "../../shared/measure/export-samples.ts";

it("exports under the names of the Prometheus exposition, and no others", () => {
  const exposition = ["families", "probe-families"]
    .map((file) =>
      readFileSync(new URL(`../../workers/api/exposition/${file}.ts`, import.meta.url), "utf8"),
    )
    .join("\n");
  const unknown = Object.keys(exportedMetrics).filter((name) => !exposition.includes(`"${name}"`));
  expect(unknown).toEqual([]);
});
