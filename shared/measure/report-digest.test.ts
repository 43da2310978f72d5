import { describe, expect, it } from "vitest";
import { canonicalJson, digestOf, pack, sha256, unpack } from "./report-digest.ts";

describe("canonical JSON", () => {
  it("sorts members by UTF-16 units, at every depth, and writes no white space", () => {
    // The example of RFC 8785, 3.2.3.
    const document = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis",
    };
    expect(canonicalJson(document)).toBe(
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    );
  });

  it("writes numbers and literals as RFC 8785 has them", () => {
    // Also from RFC 8785, 3.2.2.
    const numbers = [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 0.000000000000000000000000001];
    expect(canonicalJson({ numbers, literals: [null, true, false] })).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}',
    );
    expect(canonicalJson(-0)).toBe("0");
  });

  it("has no word for what is not a number, and leaves out what is undefined", () => {
    expect(() => canonicalJson([Number.NaN])).toThrow("NaN cannot stand in JSON");
    expect(() => canonicalJson(1 / 0)).toThrow(RangeError);
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });
});

describe("a digest", () => {
  it("is SHA-256 in hexadecimal", async () => {
    expect(await sha256("abc")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  it("does not depend on the order of members, but on everything else", async () => {
    const one = await digestOf({ a: 1, b: [1, 2] });
    expect(await digestOf({ b: [1, 2], a: 1 })).toBe(one);
    expect(await digestOf({ b: [2, 1], a: 1 })).not.toBe(one);
  });
});

describe("packing", () => {
  it.each(["", "short", "żółć 😀".repeat(50_000)])("gives back what was packed", async (text) => {
    const packed = await pack(text);
    expect(packed).toMatch(/^[A-Za-z0-9+/]*={0,2}$/);
    expect(await unpack(packed)).toBe(text);
  });
});
