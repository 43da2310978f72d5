import { describe, expect, it } from "vitest";
import { describeQuorum, shownProbe } from "./shown-configuration.ts";

const shownUrl = (url: string) => {
  const http = {
    kind: "http",
    url,
    method: "GET",
    headers: {},
    body: null,
    conditions: [],
  } as const;
  const shown = shownProbe(http);
  return shown.kind === "http" ? shown.url : null;
};

describe("a probe's URL as it is shown", () => {
  it.each([
    ["https://netpost.example/api/health", "https://netpost.example/api/health"],
    ["https://user:secret@netpost.example/", "https://netpost.example/"],
    [
      "https://netpost.example/?a=secret&b=secret&a=secret",
      "https://netpost.example/?a=hidden&b=hidden&a=hidden",
    ],
    ["https://netpost.example/#secret", "https://netpost.example/"],
    ["no URL at all, secret", "hidden"],
  ])("of %s is %s", (url, shown) => {
    expect(shownUrl(url)).toBe(shown);
  });

  it("hides a query that has no names", () => {
    expect(shownUrl("https://netpost.example/?secret")).not.toContain("secret");
  });
});

describe("a quorum in a word", () => {
  it("names the kind, and the number where there is one", () => {
    expect(describeQuorum({ kind: "majority" })).toBe("majority");
    expect(describeQuorum({ kind: "atLeast", regions: 2 })).toBe("atLeast-2");
  });
});

describe("a transaction as it is shown", () => {
  it("has its steps, with references and without anything that may be a secret", () => {
    const shown = shownProbe({
      kind: "transaction",
      conditions: [{ kind: "latency", maxMs: 900, otherwise: "degraded" }],
      steps: [
        {
          name: "use",
          url: "https://netpost.example/posts/{{post}}?key={{secret.PROBE_KEY}}",
          method: "POST",
          headers: { "X-Key": "literal" },
          body: "literal",
          auth: { kind: "bearer", token: "{{secret.PROBE_TOKEN}}" },
          redirects: 2,
          conditions: [],
          extract: { id: "$.id" },
        },
      ],
    });
    expect(shown).toEqual({
      kind: "transaction",
      conditions: [{ kind: "latency", demand: "it takes at most 900 ms", otherwise: "degraded" }],
      steps: [
        {
          name: "use",
          url: "https://netpost.example/posts/{{post}}?key=hidden",
          method: "POST",
          headerNames: ["X-Key"],
          hasBody: true,
          auth: "bearer",
          redirects: 2,
          conditions: [],
          extract: { id: "$.id" },
        },
      ],
    });
  });
});
