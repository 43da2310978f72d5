import { describe, expect, it } from "vitest";
import { parseSettings } from "./settings.ts";

const longKey = "a-key-of-sixteen-characters";

function mistakes(environment: Record<string, string>): readonly string[] {
  const parsed = parseSettings(environment);
  return parsed.ok ? [] : parsed.mistakes;
}

describe("the settings of npm start", () => {
  it("have defaults, and keys that are made up anew each time", () => {
    const [one, two] = [parseSettings({}), parseSettings({ PORT: "" })];
    if (!one.ok || !two.ok) throw new Error("defaults are valid");
    expect(one.settings).toMatchObject({ PORT: 8787, STAND_IN_PORT: 8790, DATA_DIR: ".data" });
    expect(one.settings.ADMIN_TOKEN).not.toBe(one.settings.MONITORING_API_KEY);
    expect(one.settings.ADMIN_TOKEN).not.toBe(two.settings.ADMIN_TOKEN);
  });

  it("take what the environment says", () => {
    const parsed = parseSettings({ PORT: "9000", ADMIN_TOKEN: longKey });
    expect(parsed).toMatchObject({ ok: true, settings: { PORT: 9000, ADMIN_TOKEN: longKey } });
  });

  const table: readonly [name: string, environment: Record<string, string>, setting: string][] = [
    ["a port that is no number", { PORT: "eighty" }, "PORT"],
    ["a port that does not exist", { PORT: "70000" }, "PORT"],
    ["an address that is none", { NETPOST_BASE_URL: "netpost" }, "NETPOST_BASE_URL"],
    ["a key that is too short", { ADMIN_TOKEN: "short" }, "ADMIN_TOKEN"],
    [
      "two keys that are the same",
      { ADMIN_TOKEN: longKey, MONITORING_API_KEY: longKey },
      "ADMIN_TOKEN",
    ],
  ];
  it.each(table)("refuse %s in one line that names the setting, not the value", (...row) => {
    const [, environment, setting] = row;
    const lines = mistakes(environment);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^${setting}: `));
    expect(lines[0]).not.toContain(environment[setting]);
  });

  it("name every mistake at once", () => {
    expect(mistakes({ PORT: "0", ADMIN_TOKEN: "short" })).toHaveLength(2);
  });
});
