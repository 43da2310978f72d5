import { describe, expect, it } from "vitest";
import { redacted } from "../../../shared/redact.ts";
import { isSensitiveName, Redactor, secretsInHeader, secretsInUrl } from "./redact.ts";

const secret = 'planted "9f2c" secret/7e+=';

describe("a redactor", () => {
  const forms: readonly [string, string][] = [
    ["as it is", secret],
    ["in JSON", JSON.stringify({ name: secret })],
    ["percent-encoded", `a=${encodeURIComponent(secret)}`],
    ["in base64", btoa(secret)],
    ["twice", `${secret}${secret}`],
  ];
  it.each(forms)("takes out a secret that stands there %s", (_name, text) => {
    const clean = new Redactor([secret]).text(text);
    expect(clean).toContain(redacted);
    expect(clean).not.toContain("9f2c");
  });

  it("leaves no half of a secret where the text is cut through it", () => {
    const redactor = new Redactor(["abcdefghijklmnop"]);
    for (let most = 0; most < 30; most += 1) {
      expect(redactor.beginning("1234567 abcdefghijklmnop 12", most)).not.toContain("abc");
    }
  });

  const members: readonly [string, string][] = [
    ['{"accessToken":"eyJ.planted"}', `{"accessToken":"${redacted}"}`],
    ['{"password" : "planted\\"planted"}', `{"password" : "${redacted}"}`],
    ['{"token":"plan', `{"token":"${redacted}"`],
    ["access_token=planted&scope=all", `access_token=${redacted}&scope=all`],
    ['{"status":"ok","tokens":3}', '{"status":"ok","tokens":3}'],
  ];
  it.each(members)(
    "takes the value out of %s, whose name tells that it is a secret",
    (text, clean) => {
      expect(new Redactor([]).text(text)).toBe(clean);
    },
  );

  it("does not take out what is too short to be recognised, unless it is known to be a secret", () => {
    const redactor = new Redactor(["pin1"]);
    redactor.add("ok");
    expect(redactor.text("ok pin1")).toBe(`ok ${redacted}`);
  });

  it("shows of a URL neither user information nor the values of its query", () => {
    const shown = new Redactor([]).url(
      "https://user:planted@host.example:8443/a?key=planted&planted#planted",
    );
    expect(shown).toBe(`https://host.example:8443/a?key=${redacted}&${redacted}`);
  });

  it("takes time that grows with the text alone", () => {
    const startedAt = Date.now();
    new Redactor(["planted"]).text(`"token`.repeat(20_000));
    new Redactor(["planted"]).text("token".repeat(20_000));
    expect(Date.now() - startedAt).toBeLessThan(2_000);
  });
});

describe("sensitive names", () => {
  it.each(["Authorization", "COOKIE", "Set-Cookie", "X-Api-Key", "x-csrf-token", "X-Session-Id"])(
    "include %s",
    (name) => expect(isSensitiveName(name)).toBe(true),
  );
  it.each(["Content-Type", "User-Agent", "Server", "Keep-Alive"])("do not include %s", (name) =>
    expect(isSensitiveName(name)).toBe(false),
  );
});

describe("what a target may repeat", () => {
  it.each([
    ["Authorization", "Bearer planted", ["planted"]],
    [
      "Authorization",
      `Basic ${btoa("user:planted")}`,
      [btoa("user:planted"), "user:planted", "planted"],
    ],
    ["Set-Cookie", "sid=planted; Path=/; HttpOnly", ["planted"]],
    ["Cookie", "a=planted; b=also", ["planted", "also"]],
    ["X-Api-Key", "planted", ["planted"]],
  ])("of %s: %s", (name, value, parts) => {
    expect(secretsInHeader(name, value)).toEqual(parts);
  });

  it("of a URL: user information, and of the query what looks like a secret", () => {
    const url = "https://user:pl%20nt@host.example/?api_key=x1&page=12345678&q=sixteen-letters-";
    expect(secretsInUrl(url)).toEqual([
      "user",
      "pl%20nt",
      "user",
      "pl nt",
      "x1",
      "sixteen-letters-",
    ]);
  });
});
