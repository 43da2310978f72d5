import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { countedAddress, rateLimitSeconds, rateLimits } from "../../shared/rate-limits.ts";

describe("rateLimits", () => {
  it("are those of wrangler.toml", () => {
    const toml = readFileSync(new URL("../../wrangler.toml", import.meta.url), "utf8");
    const found = [
      ...toml.matchAll(
        /name = "(LIMIT_\w+)"\nnamespace_id = "\d+"\nsimple = \{ limit = ([\d_]+), period = (\d+) \}/g,
      ),
    ];
    expect(
      found.map(([, name, limit = "", period]) => [
        name,
        Number(limit.replaceAll("_", "")),
        Number(period),
      ]),
    ).toEqual(
      Object.entries(rateLimits).map(([name, { quota }]) => [name, quota, rateLimitSeconds]),
    );
  });
});

describe("countedAddress", () => {
  const cases: [string, string][] = [
    ["203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::6", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["2001:0db8::", "2001:db8:0:0::/64"],
  ];
  it.each(cases)("counts %j as %s", (address, expected) => {
    expect(countedAddress(address)).toBe(expected);
  });
});
