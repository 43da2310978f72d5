import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redactor } from "./redact.ts";

describe("redactor", () => {
  it.each([
    ["as it is", 'x pa"ss/w&rd y'],
    ["percent-encoded", `?k=${encodeURIComponent('pa"ss/w&rd')}`],
    ["as in JSON", JSON.stringify({ k: 'pa"ss/w&rd' })],
    ["in base64", btoa('pa"ss/w&rd')],
    ["in a URL that was normalised", new URL('http://a/?k=pa"ss/w&rd').href],
  ])("takes a secret out %s", (_, text) => {
    const clean = redactor(['pa"ss/w&rd'])(text);
    expect(clean).toContain("<secret>");
    expect(clean).not.toContain("ss/w&rd");
  });

  it("leaves no rest of a secret that holds another", () => {
    expect(redactor(["abc", "abcdef"])("abcdef abc")).toBe("<secret> <secret>");
  });

  it("leaves a text alone where there is no secret", () => {
    expect(redactor([])("a")).toBe("a");
    expect(redactor([""])("a")).toBe("a");
  });

  it("takes out any secret, wherever it stands", () => {
    const secrets = fc.array(fc.string({ minLength: 9 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(secrets, fc.string(), fc.string(), (values, before, after) => {
        const redact = redactor(values);
        for (const value of values) {
          expect(redact(`${before}${value}${after}`)).not.toContain(value);
        }
      }),
    );
  });
});
