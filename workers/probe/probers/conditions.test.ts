import { describe, expect, it } from "vitest";
import type { Condition, JsonTest } from "../../../shared/domain/probes/http.ts";
import { type Answer, judge } from "./conditions.ts";

const answer: Answer = { status: 200, latencyMs: 40, body: "", truncated: false };

function json(path: string, demand: JsonTest): Condition {
  return { kind: "json", path, demand, otherwise: "down" };
}

function text(contains: string, present: boolean): Condition {
  return { kind: "text", contains, present, otherwise: "down" };
}

const document = JSON.stringify({ status: "ok", checks: [{ ms: 10 }, { ms: 900 }], gone: null });

describe("a condition", () => {
  const cases: readonly {
    name: string;
    condition: Condition;
    seen: Partial<Answer>;
    detail: string | null;
  }[] = [
    {
      name: "on status holds inside a range",
      condition: { kind: "status", allowed: [{ from: 200, to: 299 }], otherwise: "down" },
      seen: { status: 299 },
      detail: null,
    },
    {
      name: "on status fails outside of all ranges, and names them",
      condition: {
        kind: "status",
        allowed: [
          { from: 200, to: 299 },
          { from: 404, to: 404 },
        ],
        otherwise: "down",
      },
      seen: { status: 300 },
      detail: "status 300, allowed 200–299, 404",
    },
    {
      name: "on latency holds at its bound",
      condition: { kind: "latency", maxMs: 40, otherwise: "down" },
      seen: {},
      detail: null,
    },
    {
      name: "on latency fails above it",
      condition: { kind: "latency", maxMs: 39, otherwise: "down" },
      seen: {},
      detail: "took 40 ms, allowed 39 ms",
    },
    {
      name: "on text holds",
      condition: text("Net", true),
      seen: { body: "NetPost" },
      detail: null,
    },
    {
      name: "on text fails where it is missing",
      condition: text("Welcome", true),
      seen: { body: "NetPost" },
      detail: 'the body does not contain "Welcome"',
    },
    {
      name: "on text fails where it must not be",
      condition: text("Error", false),
      seen: { body: "Error 7" },
      detail: 'the body contains "Error"',
    },
    {
      name: "on text says that a cut body was not read to its end",
      condition: text("Welcome", true),
      seen: { body: "", truncated: true },
      detail: "the body is longer than the 1 MiB that is read",
    },
    {
      name: "on JSON fails on what is not JSON",
      condition: json("$.status", { test: "exists" }),
      seen: { body: "<html>" },
      detail: "the body is not JSON",
    },
    {
      name: "on JSON fails where its path selects nothing",
      condition: json("$.absent", { test: "exists" }),
      seen: { body: document },
      detail: "$.absent selects nothing",
    },
    {
      name: "on JSON holds for a null that exists",
      condition: json("$.gone", { test: "exists" }),
      seen: { body: document },
      detail: null,
    },
    {
      name: "on JSON demands the same type",
      condition: json("$.checks[0].ms", { test: "equals", value: "10" }),
      seen: { body: document },
      detail: '$.checks[0].ms is 10, expected "10"',
    },
    {
      name: "on JSON takes one of several",
      condition: json("$.status", { test: "oneOf", values: ["fine", "good"] }),
      seen: { body: document },
      detail: '$.status is "ok", expected one of "fine", "good"',
    },
    {
      name: "on JSON puts its demand to every value selected",
      condition: json("$.checks[*].ms", { test: "atMost", value: 500 }),
      seen: { body: document },
      detail: "$.checks[*].ms is 900, expected at most 500",
    },
    {
      name: "on JSON does not take text for a number",
      condition: json("$.status", { test: "atLeast", value: 0 }),
      seen: { body: document },
      detail: '$.status is "ok", expected at least 0',
    },
  ];
  for (const { name, condition, seen, detail } of cases) {
    it(name, () => {
      const outcome = judge([condition], { ...answer, ...seen });
      if (detail === null) expect(outcome).toEqual({ outcome: "up" });
      else expect(outcome).toMatchObject({ outcome: "down", detail });
    });
  }
});

describe("several conditions", () => {
  const slow: Condition = { kind: "latency", maxMs: 10, otherwise: "degraded" };
  const slower: Condition = { kind: "latency", maxMs: 20, otherwise: "degraded" };

  it("are down if one is, whatever the order", () => {
    expect(judge([slow, text("x", true)], answer)).toMatchObject({ outcome: "down" });
    expect(judge([text("x", true), slow], answer)).toMatchObject({ outcome: "down" });
  });

  it("are degraded for the first that fails to degraded", () => {
    expect(judge([slow, slower], answer)).toEqual({
      outcome: "degraded",
      reason: "latency",
      detail: "took 40 ms, allowed 10 ms",
    });
  });

  it("shorten a value that a target made long", () => {
    const body = JSON.stringify({ status: "x".repeat(5000) });
    const outcome = judge([json("$.status", { test: "equals", value: "ok" })], { ...answer, body });
    expect(outcome.outcome === "down" && outcome.detail.length).toBeLessThan(200);
  });
});
