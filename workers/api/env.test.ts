import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { MisconfiguredError, readEnvironment } from "./env.ts";

const bindings = { DB: env.DB, PROBE: env.PROBE };
const good = "sixteen-letters!";

function complaintAbout(settings: Record<string, unknown>): string {
  try {
    readEnvironment({ ...bindings, ...settings });
  } catch (error) {
    if (error instanceof MisconfiguredError) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("the api's environment", () => {
  it("needs no secret", () => {
    expect(readEnvironment(bindings)).toMatchObject({ DB: env.DB });
  });

  it("is parsed once", () => {
    const raw = { ...bindings, ADMIN_TOKEN: good };
    expect(readEnvironment(raw)).toBe(readEnvironment(raw));
  });

  const refused = ["", "fifteen-letters", "has a space in it!", "umlauts-are-not-äscii"];
  it.each(["MONITORING_API_KEY", "ADMIN_TOKEN"])("refuses a malformed %s by its name", (name) => {
    for (const value of refused) {
      const complaint = complaintAbout({ [name]: value });
      expect(complaint).toBe(
        `settings of the api Worker: ${name}: at least 16 characters, visible ASCII without spaces; leave it out to turn it off`,
      );
    }
  });

  it("refuses one secret for both, which would make every reader an admin", () => {
    const complaint = complaintAbout({ MONITORING_API_KEY: good, ADMIN_TOKEN: good });
    expect(complaint).toBe(
      "settings of the api Worker: ADMIN_TOKEN: not the same as MONITORING_API_KEY",
    );
  });

  it("names a binding that is missing", () => {
    expect(() => readEnvironment({})).toThrow(
      "settings of the api Worker: DB: the D1 binding of wrangler.toml; PROBE: the service binding of wrangler.toml",
    );
  });
});
