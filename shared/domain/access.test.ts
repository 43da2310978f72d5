import { describe, expect, it } from "vitest";
import { allows, isUseNews, keyState, type Scope, scopes } from "./access.ts";

describe("allows", () => {
  const expected: Readonly<Record<Scope, readonly Scope[]>> = {
    read: ["read"],
    "push-metrics": ["push-metrics"],
    ping: ["ping"],
    operate: ["read", "operate"],
    admin: ["read", "push-metrics", "ping", "operate", "admin"],
  };
  it.each(scopes)("lets %s do what it includes, and nothing else", (scope) => {
    expect(scopes.filter((needed) => allows([scope], needed))).toEqual(expected[scope]);
  });

  it("lets in by any of several scopes, and by none with none", () => {
    expect(allows(["ping", "read"], "read")).toBe(true);
    expect(scopes.some((needed) => allows([], needed))).toBe(false);
  });
});

describe("keyState", () => {
  it("is expired from the very second on", () => {
    const key = { expiresAt: 100, revokedAt: null };
    expect(keyState(key, 99)).toBe("active");
    expect(keyState(key, 100)).toBe("expired");
  });

  it("stays revoked whatever its expiry", () => {
    expect(keyState({ expiresAt: 100, revokedAt: 50 }, 200)).toBe("revoked");
    expect(keyState({ expiresAt: null, revokedAt: 50 }, 50)).toBe("revoked");
  });

  it("is active for ever without an expiry", () => {
    expect(keyState({ expiresAt: null, revokedAt: null }, 9e9)).toBe("active");
  });
});

describe("isUseNews", () => {
  it("is news the first time and after an hour", () => {
    expect(isUseNews(null, 10)).toBe(true);
    expect(isUseNews(10, 3_609)).toBe(false);
    expect(isUseNews(10, 3_610)).toBe(true);
  });
});
