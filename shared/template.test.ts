import { describe, expect, it } from "vitest";
import { fillTemplate, referencesIn, templateProblem } from "./template.ts";

const values = new Map([
  ["secret.PROBE_TOKEN", "a b"],
  ["id", "$&"],
]);

describe("fillTemplate", () => {
  it.each([
    ["nothing to fill in", "nothing to fill in"],
    ["{{secret.PROBE_TOKEN}}", "a b"],
    ["x{{ secret.PROBE_TOKEN }}y{{id}}{{id}}", "xa by$&$&"],
    ["{a} } { {}", "{a} } { {}"],
  ])("makes of %j %j", (text, filled) => {
    expect(fillTemplate(text, values)).toEqual({ ok: true, text: filled });
  });

  it("writes values as it is told to", () => {
    const filled = fillTemplate("?k={{secret.PROBE_TOKEN}}", values, encodeURIComponent);
    expect(filled).toEqual({ ok: true, text: "?k=a%20b" });
  });

  it("names every value that is missing, once", () => {
    const text = "{{a}} {{id}} {{secret.PROBE_B}} {{a}}";
    expect(fillTemplate(text, values)).toEqual({ ok: false, missing: ["a", "secret.PROBE_B"] });
  });

  it("does not fill in what a value brings", () => {
    const nested = new Map([["a", "{{b}}"]]);
    expect(fillTemplate("{{a}}", nested)).toEqual({ ok: true, text: "{{b}}" });
  });
});

describe("referencesIn", () => {
  it("lists them in order", () => {
    expect(referencesIn("{{b}} and {{ a }}")).toEqual(["b", "a"]);
  });
});

describe("templateProblem", () => {
  it.each(["plain", "{{secret.PROBE_A_1}}", "{{id}}", "{ {id} }", "{{{id}}}"])(
    "has nothing on %j",
    (text) => {
      expect(templateProblem(text, new Set(["id"]))).toBeNull();
    },
  );

  it.each([
    ["{{id", /begins with \{\{, holds no braces/],
    ["{{}}", /no such reference/],
    ["{{token}}", /no such reference.*\(extracted so far: \{\{id\}\}\)$/],
    ["{{secret.TOKEN}}", /only Worker secrets that begin with PROBE_/],
    ["{{secret.ADMIN_TOKEN}}", /only Worker secrets that begin with PROBE_/],
    ["{{secret.PROBE_token}}", /capital letters/],
    ["{{SECRET.PROBE_A}}", /no such reference/],
  ])("refuses %j", (text, problem) => {
    expect(templateProblem(text, new Set(["id"]))).toMatch(problem);
  });
});
