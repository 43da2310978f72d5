import { describe, expect, it } from "vitest";
import { describeQuorum, shownProbe } from "./shown-configuration.ts";

const shownUrl = (url: string) =>
  shownProbe({ kind: "http", url, method: "GET", headers: {}, body: null, conditions: [] }).url;

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
