import { describe, expect, it } from "vitest";
import type { LocationHint } from "./monitor.ts";
import { type Placement, placementOf } from "./placement.ts";

describe("an object's placement", () => {
  const table: readonly [hint: LocationHint, country: string | null, placement: Placement][] = [
    ["enam", "US", "as-asked"],
    ["wnam", "CA", "as-asked"],
    ["weur", "FR", "as-asked"],
    ["weur", "US", "elsewhere"],
    ["enam", "DE", "elsewhere"],
    ["apac", "AU", "as-asked"],
    ["apac-ne", "JP", "as-asked"],
    ["oc", "NZ", "as-asked"],
    ["sam", "BR", "as-asked"],
    ["afr", "ZA", "as-asked"],
    ["me", "AE", "as-asked"],
    ["enam", null, "not-known"],
    ["enam", "T1", "not-known"],
  ];
  it.each(table)("asked for %s and found in %s is %s", (hint, country, placement) => {
    expect(placementOf(hint, country)).toBe(placement);
  });
});
