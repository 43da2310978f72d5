import { expect, test } from "vitest";
import { Traffic } from "./traffic.ts";

function clock() {
  const state = { now: 1_000 };
  return { now: () => state.now, advance: (ms: number) => (state.now += ms) };
}

test("requests are counted by path, region and outcome", () => {
  const traffic = new Traffic(clock().now);
  traffic.record("/", "us-east", "answered");
  traffic.record("/", "us-east", "answered");
  traffic.record("/", "us-west", "reset");
  traffic.record(null, null, "answered");
  expect(traffic.summary()).toEqual({
    since: 1_000,
    until: 1_000,
    complete: true,
    total: 4,
    counts: [
      { path: "(unknown)", region: "(none)", outcome: "answered", count: 1 },
      { path: "/", region: "us-east", outcome: "answered", count: 2 },
      { path: "/", region: "us-west", outcome: "reset", count: 1 },
    ],
  });
});

test("since leaves out what came before it and keeps what came at it", () => {
  const time = clock();
  const traffic = new Traffic(time.now);
  traffic.record("/", null, "answered");
  time.advance(5);
  traffic.record("/", null, "hang");
  time.advance(5);
  traffic.record("/", null, "hang");
  const summary = traffic.summary(1_005);
  expect(summary.total).toBe(2);
  expect(summary.counts.map(({ outcome }) => outcome)).toEqual(["hang"]);
});

test("a summary says when it no longer remembers all requests since then", () => {
  const time = clock();
  const traffic = new Traffic(time.now, 3);
  for (let request = 0; request < 5; request += 1) {
    time.advance(1);
    traffic.record("/", null, "answered");
  }
  expect(traffic.summary(1_002)).toMatchObject({ complete: false, total: 3 });
  expect(traffic.summary(1_003)).toMatchObject({ complete: true, total: 3 });
  expect(traffic.summary(), "everything is counted without times").toMatchObject({
    complete: true,
    total: 5,
  });
});

test("made-up regions do not make it grow without end", () => {
  const traffic = new Traffic(clock().now, 8);
  for (let region = 0; region < 10_000; region += 1) {
    traffic.record("/", `region-${region}`, "answered");
  }
  const { total, counts } = traffic.summary();
  expect(total).toBe(10_000);
  expect(counts.length).toBe(4_097);
  expect(counts.find(({ path }) => path === "(other)")?.count).toBe(5_904);
});

test("clear starts from nothing at the present time", () => {
  const time = clock();
  const traffic = new Traffic(time.now);
  traffic.record("/", null, "answered");
  time.advance(9);
  traffic.clear();
  expect(traffic.summary()).toEqual({
    since: 1_009,
    until: 1_009,
    complete: true,
    total: 0,
    counts: [],
  });
});
