import { expect, test } from "vitest";
import { parseConfig } from "../../shared/config/parse.ts";
import { readSettings } from "../configuration/settings.ts";
import { checkSettings } from "./check-settings.ts";

const settings = await readSettings();

function configOf(vantagePoints: readonly object[]) {
  const parsed = parseConfig({
    baseUrl: "https://netpost.example",
    regions: { "eu-west": { locationHint: "weur" } },
    monitors: [{ id: "home", name: "Home", url: "/", vantagePoints }],
  });
  if (!parsed.ok) throw new Error(parsed.mistakes.join("\n"));
  return parsed.config;
}

function warningsOf(vars: Record<string, string>, secrets: string[], points: object[] = []) {
  const given = { secrets: { probe: secrets, api: [] }, vars: { probe: vars, api: {} } };
  return checkSettings(settings, given, configOf(points))
    .filter(({ state }) => state === "warn")
    .map(({ what }) => what);
}

test("a deployment that may probe private hosts is warned of it", () => {
  const about = (value: string) =>
    warningsOf({ ALLOW_PRIVATE_TARGETS: value }, []).filter((what) => what.includes("PRIVATE"));
  expect(about("true")).toEqual([
    "probe: ALLOW_PRIVATE_TARGETS is true: whoever sets up a monitor reaches private hosts",
  ]);
  expect(about("false")).toEqual([]);
});

test("a vantage point whose service has no key is warned of", () => {
  const points = [{ service: "pingdom", check: "1" }];
  const about = (secrets: string[], named: object[]) =>
    warningsOf({}, secrets, named).filter((what) => what.includes("PINGDOM"));
  expect(about([], points)).toEqual([
    "probe: PINGDOM_API_KEY is missing: 1 checks of pingdom are not read",
  ]);
  expect(about(["PINGDOM_API_KEY"], points)).toEqual([]);
  expect(about([], [])).toEqual([]);
});
