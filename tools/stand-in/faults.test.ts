import { describe, expect, test } from "vitest";
import { FaultSet } from "./fault-set.ts";
import { behaviourAt, type FaultInput, faultSchema } from "./faults.ts";
import { endpointPathOf } from "./paths.ts";
import { regionOf } from "./region.ts";

function request(pathname: string, region: string | null) {
  return { pathname, region, endpoint: endpointPathOf(pathname) };
}

function faultSet(...faults: FaultInput[]): FaultSet {
  const set = new FaultSet();
  set.replace(faults.map((fault) => faultSchema.parse(fault)));
  return set;
}

function kinds(set: FaultSet, count: number, pathname: string, region: string | null) {
  return Array.from({ length: count }, () => set.decide(request(pathname, region))?.kind ?? "good");
}

describe("matching", () => {
  test.each<[string, FaultInput, string, string | null, boolean]>([
    ["everything by default", { kind: "hang" }, "/api/feed", null, true],
    ["an unknown path by *", { kind: "hang" }, "/nowhere", "us-east", true],
    ["its own path", { kind: "hang", path: "/api/feed" }, "/api/feed", "us-east", true],
    ["no other path", { kind: "hang", path: "/api/feed" }, "/api/posts", "us-east", false],
    ["no longer path", { kind: "hang", path: "/api/posts" }, "/api/posts/3", null, false],
    ["every post by :id", { kind: "hang", path: "/api/posts/:id" }, "/api/posts/3", null, true],
    ["one post by its path", { kind: "hang", path: "/api/posts/3" }, "/api/posts/4", null, false],
    ["its own region", { kind: "hang", region: "us-east" }, "/", "us-east", true],
    ["no other region", { kind: "hang", region: "us-east" }, "/", "us-west", false],
    ["nobody without a region", { kind: "hang", region: "us-east" }, "/", null, false],
  ])("a fault hits %s", (_name, fault, pathname, region, expected) => {
    const behaviour = faultSet(fault).decide(request(pathname, region));
    expect(behaviour !== null).toBe(expected);
  });

  test("the narrowest fault decides alone, whatever the order they were set in", () => {
    const set = faultSet(
      { kind: "status", status: 501, path: "/api/posts/3", region: "us-east" },
      { kind: "status", status: 502, path: "/api/posts/3" },
      { kind: "status", status: 503, path: "/api/posts/:id" },
      { kind: "status", status: 504, region: "us-east" },
      { kind: "status", status: 505 },
    );
    const statusOf = (pathname: string, region: string) => {
      const behaviour = set.decide(request(pathname, region));
      return behaviour?.kind === "status" ? behaviour.status : null;
    };
    expect(statusOf("/api/posts/3", "us-east")).toBe(501);
    expect(statusOf("/api/posts/3", "eu-west")).toBe(502);
    expect(statusOf("/api/posts/4", "us-east")).toBe(503);
    expect(statusOf("/api/feed", "us-east")).toBe(504);
    expect(statusOf("/api/feed", "eu-west")).toBe(505);
  });

  test("of two equally narrow faults the newer one decides", () => {
    const set = faultSet({ kind: "hang", path: "/" }, { kind: "reset", path: "/" });
    expect(kinds(set, 1, "/", null)).toEqual(["reset"]);
  });
});

describe("counting", () => {
  test("a flapping fault answers good requests first, then bad ones, and over again", () => {
    const set = faultSet({ kind: "flapping", good: 2, bad: 1, fault: { kind: "reset" } });
    expect(kinds(set, 7, "/", "us-east")).toEqual([
      "good",
      "good",
      "reset",
      "good",
      "good",
      "reset",
      "good",
    ]);
  });

  test("flapping without numbers fails every other request with status 503", () => {
    const fault = faultSchema.parse({ kind: "flapping" });
    expect([0, 1, 2, 3].map((nth) => behaviourAt(fault, nth))).toEqual([
      null,
      { kind: "status", status: 503 },
      null,
      { kind: "status", status: 503 },
    ]);
  });

  test("a recovering fault counts every region and endpoint apart", () => {
    const set = faultSet({ kind: "recover-after", requests: 2, fault: { kind: "hang" } });
    expect(kinds(set, 3, "/", "us-east")).toEqual(["hang", "hang", "good"]);
    expect(kinds(set, 3, "/", "us-west")).toEqual(["hang", "hang", "good"]);
    expect(kinds(set, 3, "/", null)).toEqual(["hang", "hang", "good"]);
    expect(kinds(set, 3, "/api/feed", "us-east")).toEqual(["hang", "hang", "good"]);
    expect(kinds(set, 1, "/", "us-east")).toEqual(["good"]);
  });

  test("a fault that is replaced starts counting from nothing", () => {
    const fault = faultSchema.parse({ kind: "recover-after", requests: 1 });
    const set = new FaultSet();
    set.replace([fault]);
    expect(kinds(set, 2, "/", null)).toEqual(["status", "good"]);
    set.replace([fault]);
    expect(kinds(set, 2, "/", null)).toEqual(["status", "good"]);
  });
});

test.each([
  ["NetPost-Monitor/0.1.0 (us-east; +https://netpost.example)", "us-east"],
  ["NetPost-Monitor/2.0.0-rc.1 (eu-west; +https://netpost.example)", "eu-west"],
  ["NetPost-Monitor/0.1.0 (US East; +https://netpost.example)", null],
  ["curl/8.5.0", null],
  [undefined, null],
])("the region of user agent %s is %s", (userAgent, region) => {
  expect(regionOf(userAgent)).toBe(region);
  expect(regionOf(userAgent), "the second time, from memory").toBe(region);
});
