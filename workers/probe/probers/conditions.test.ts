import { describe, expect, it } from "vitest";
import type { Condition, HeaderTest, JsonTest } from "../../../shared/domain/probes/http.ts";
import { type Answer, answerOf } from "./answer.ts";
import { judge } from "./conditions.ts";

type Seen = Partial<Omit<Answer, "json">>;

function seen(more: Seen = {}): Answer {
  const text = more.text ?? "";
  return answerOf({
    status: 200,
    headers: new Headers(),
    latencyMs: 40,
    text,
    bytes: text.length,
    truncated: false,
    malformed: false,
    ...more,
  });
}

const answer = seen();

function json(path: string, demand: JsonTest): Condition {
  return { kind: "json", path, demand, otherwise: "down" };
}

function text(contains: string, present: boolean): Condition {
  return { kind: "text", contains, present, otherwise: "down" };
}

function header(name: string, demand: HeaderTest): Condition {
  return { kind: "header", name, demand, otherwise: "down" };
}

function expression(pattern: string, present: boolean): Condition {
  return { kind: "regex", pattern, present, otherwise: "down" };
}

const document = JSON.stringify({ status: "ok", checks: [{ ms: 10 }, { ms: 900 }], gone: null });

describe("a condition", () => {
  const cases: readonly {
    name: string;
    condition: Condition;
    seen: Seen;
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
      seen: { text: "NetPost" },
      detail: null,
    },
    {
      name: "on text fails where it is missing",
      condition: text("Welcome", true),
      seen: { text: "NetPost" },
      detail: 'the body does not contain "Welcome"',
    },
    {
      name: "on text fails where it must not be",
      condition: text("Error", false),
      seen: { text: "Error 7" },
      detail: 'the body contains "Error"',
    },
    {
      name: "on text says that a cut body was not read to its end",
      condition: text("Welcome", true),
      seen: { text: "", bytes: 1_048_577, truncated: true },
      detail: "the body is longer than the 1 MiB that is read",
    },
    {
      name: "on size holds at its bound",
      condition: { kind: "size", maxBytes: 4, otherwise: "down" },
      seen: { text: "good" },
      detail: null,
    },
    {
      name: "on size fails above it",
      condition: { kind: "size", maxBytes: 3, otherwise: "down" },
      seen: { text: "good" },
      detail: "the body is 4 bytes, allowed 3",
    },
    {
      name: "on size says that a cut body is longer than what was read",
      condition: { kind: "size", maxBytes: 1_048_576, otherwise: "down" },
      seen: { bytes: 1_048_577, truncated: true },
      detail: "the body is more than 1048576 bytes, allowed 1048576",
    },
    {
      name: "on a header holds where it is present",
      condition: header("X-Id", { test: "present" }),
      seen: { headers: new Headers({ "x-id": "7" }) },
      detail: null,
    },
    {
      name: "on a header fails where it is absent",
      condition: header("X-Id", { test: "present" }),
      seen: {},
      detail: "the header X-Id is absent, expected any value",
    },
    {
      name: "on a header fails where it is present and must not be",
      condition: header("X-Powered-By", { test: "absent" }),
      seen: { headers: new Headers({ "x-powered-by": "PHP" }) },
      detail: 'the header X-Powered-By is "PHP", expected none',
    },
    {
      name: "on a header compares its whole value",
      condition: header("X-Id", { test: "equals", value: "7" }),
      seen: { headers: new Headers({ "x-id": "77" }) },
      detail: 'the header X-Id is "77", expected "7"',
    },
    {
      name: "on a header looks for a part of its value",
      condition: header("Content-Type", { test: "contains", value: "json" }),
      seen: { headers: new Headers({ "content-type": "text/html" }) },
      detail: 'the header Content-Type is "text/html", expected to contain "json"',
    },
    {
      name: "on a header does not tell a cookie",
      condition: header("Set-Cookie", { test: "contains", value: "Secure" }),
      seen: { headers: new Headers({ "set-cookie": "session=abc" }) },
      detail: 'the header Set-Cookie is <not shown>, expected to contain "Secure"',
    },
    {
      name: "on a regular expression holds",
      condition: expression("v\\d+", true),
      seen: { text: "NetPost v12" },
      detail: null,
    },
    {
      name: "on a regular expression fails where it does not match",
      condition: expression("v\\d+", true),
      seen: { text: "NetPost" },
      detail: 'the body does not match "v\\\\d+"',
    },
    {
      name: "on a regular expression fails where it must not match",
      condition: expression("(?i)error", false),
      seen: { text: "An ERROR occurred" },
      detail: 'the body matches "(?i)error"',
    },
    {
      name: "on a regular expression says what it cannot be put to",
      condition: expression("(a|b)*a(a|b){60}c", false),
      seen: { text: "ab".repeat(500_000) },
      detail: expect.stringMatching(/^the body is longer than the \d+ characters that /),
    },
    {
      name: "on JSON fails on what is not UTF-8",
      condition: json("$.status", { test: "exists" }),
      seen: { text: document, malformed: true },
      detail: "the body is not UTF-8",
    },
    {
      name: "on JSON fails on a document nested too deeply for its query",
      condition: json("$..status", { test: "exists" }),
      seen: { text: "[".repeat(100) + "]".repeat(100) },
      detail: "$..status cannot be put to a document such as the body",
    },
    {
      name: "on JSON fails on what is not JSON",
      condition: json("$.status", { test: "exists" }),
      seen: { text: "<html>" },
      detail: "the body is not JSON",
    },
    {
      name: "on JSON fails where its path selects nothing",
      condition: json("$.absent", { test: "exists" }),
      seen: { text: document },
      detail: "$.absent selects nothing",
    },
    {
      name: "on JSON holds for a null that exists",
      condition: json("$.gone", { test: "exists" }),
      seen: { text: document },
      detail: null,
    },
    {
      name: "on JSON demands the same type",
      condition: json("$.checks[0].ms", { test: "equals", value: "10" }),
      seen: { text: document },
      detail: '$.checks[0].ms is 10, expected "10"',
    },
    {
      name: "on JSON takes one of several",
      condition: json("$.status", { test: "oneOf", values: ["fine", "good"] }),
      seen: { text: document },
      detail: '$.status is "ok", expected one of "fine", "good"',
    },
    {
      name: "on JSON puts its demand to every value selected",
      condition: json("$.checks[*].ms", { test: "atMost", value: 500 }),
      seen: { text: document },
      detail: "$.checks[*].ms is 900, expected at most 500",
    },
    {
      name: "on JSON does not take text for a number",
      condition: json("$.status", { test: "atLeast", value: 0 }),
      seen: { text: document },
      detail: '$.status is "ok", expected at least 0',
    },
  ];
  for (const { name, condition, seen: parts, detail } of cases) {
    it(name, () => {
      const outcome = judge([condition], seen(parts));
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

  it("are down for an answer that could not be read to its end, even with no condition", () => {
    const endless = seen({ bytes: 1_048_577, truncated: true });
    expect(judge([], endless)).toEqual({
      outcome: "down",
      reason: "body-size",
      detail: "the body is longer than the 1 MiB that is read",
    });
  });

  it("take secrets out of what was seen, also out of what is cut", () => {
    const secret = "s3cret".repeat(20);
    const body = JSON.stringify({ status: `${"x".repeat(70)}${secret}` });
    const redact = (text: string) => text.replaceAll(secret, "<secret>");
    const condition = json("$.status", { test: "equals", value: "ok" });
    const outcome = judge([condition], seen({ text: body }), redact);
    expect(JSON.stringify(outcome)).not.toContain("s3cret");
  });

  it("shorten a value that a target made long", () => {
    const body = JSON.stringify({ status: "x".repeat(5000) });
    const outcome = judge(
      [json("$.status", { test: "equals", value: "ok" })],
      seen({ text: body }),
    );
    expect(outcome.outcome === "down" && outcome.detail.length).toBeLessThan(200);
  });
});
