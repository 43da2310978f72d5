import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AttemptFailure, backoffMs, decideRetry, isCurable } from "./backoff.ts";
import type { RetryPolicy } from "./monitor.ts";
import { failureReasons } from "./reason.ts";
import { retryPolicy } from "./testing/fixtures.ts";

const connection: AttemptFailure = { reason: "connection", httpStatus: null };

const policies = fc
  .record({
    attempts: fc.integer({ min: 1, max: 10 }),
    timeoutMs: fc.integer({ min: 100, max: 30_000 }),
    backoffBaseMs: fc.integer({ min: 0, max: 10_000 }),
    backoffCapMs: fc.integer({ min: 0, max: 30_000 }),
    budgetMs: fc.integer({ min: 100, max: 50_000 }),
  })
  .map((policy): RetryPolicy => {
    return { ...policy, timeoutMs: Math.min(policy.timeoutMs, policy.budgetMs) };
  });
const draws = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("backoffMs", () => {
  const table: [name: string, draw: number, delays: number[]][] = [
    ["the least draw never waits", 0, [0, 0, 0, 0, 0, 0]],
    ["a middle draw waits half of 250, 500, 1000 ms …", 0.5, [125, 250, 500, 1000, 1000, 1000]],
    ["a high draw stays below the ceiling", 0.999, [249, 499, 999, 1998, 1998, 1998]],
    ["a draw of an eighth is in whole ms", 0.125, [31, 62, 125, 250, 250, 250]],
  ];
  it.each(table)("%s", (_name, draw, delays) => {
    expect([1, 2, 3, 4, 5, 6].map((attempt) => backoffMs(retryPolicy, attempt, draw))).toEqual(
      delays,
    );
  });

  it("takes each attempt's own draw", () => {
    const sequence = [0.9, 0.1, 0.7, 0.3, 0.42];
    expect(sequence.map((draw, index) => backoffMs(retryPolicy, index + 1, draw))).toEqual([
      225, 50, 700, 600, 840,
    ]);
  });

  it("waits at most the cap even before the first repetition", () => {
    const policy = { ...retryPolicy, backoffBaseMs: 10_000, backoffCapMs: 300 };
    expect([1, 2, 9].map((attempt) => backoffMs(policy, attempt, 0.99))).toEqual([297, 297, 297]);
  });

  it("is a whole number from zero to below the ceiling", () => {
    fc.assert(
      fc.property(policies, fc.integer({ min: 1, max: 10 }), draws, (policy, attempt, draw) => {
        const pause = backoffMs(policy, attempt, draw);
        const ceiling = Math.min(policy.backoffCapMs, policy.backoffBaseMs * 2 ** (attempt - 1));
        expect(Number.isInteger(pause)).toBe(true);
        expect(pause).toBeGreaterThanOrEqual(0);
        expect(pause).toBeLessThanOrEqual(Math.max(0, ceiling - 1));
      }),
    );
  });
});

describe("isCurable", () => {
  const table: [name: string, failure: AttemptFailure, curable: boolean][] = [
    ["a timeout", { reason: "http-timeout", httpStatus: null }, true],
    ["a broken connection", connection, true],
    ["a name that is not found", { reason: "dns", httpStatus: null }, true],
    ["a refused connection", { reason: "connect-refused", httpStatus: null }, true],
    ["a connection that hangs", { reason: "connect-timeout", httpStatus: null }, true],
    ["a failed TLS handshake", { reason: "tls", httpStatus: null }, true],
    ["a slow answer", { reason: "latency", httpStatus: 200 }, true],
    ["a failed status condition without an answer", { reason: "status", httpStatus: null }, true],
    ["status 500", { reason: "status", httpStatus: 500 }, true],
    ["status 503", { reason: "status", httpStatus: 503 }, true],
    ["status 599", { reason: "status", httpStatus: 599 }, true],
    ["status 408, request timeout", { reason: "status", httpStatus: 408 }, true],
    ["status 425, too early", { reason: "status", httpStatus: 425 }, true],
    ["status 429, too many requests", { reason: "status", httpStatus: 429 }, true],
    ["status 499", { reason: "status", httpStatus: 499 }, false],
    ["status 404", { reason: "status", httpStatus: 404 }, false],
    ["status 401", { reason: "status", httpStatus: 401 }, false],
    ["status 302", { reason: "status", httpStatus: 302 }, false],
    ["status 200 where another is asked for", { reason: "status", httpStatus: 200 }, false],
    ["a missing text", { reason: "text", httpStatus: 200 }, false],
    ["a failed JSON condition, even of a 503", { reason: "json", httpStatus: 503 }, false],
    ["a body too large", { reason: "body-size", httpStatus: 200 }, false],
    ["a malformed answer", { reason: "protocol", httpStatus: null }, true],
    ["a failed header condition", { reason: "header", httpStatus: 200 }, false],
    ["a regular expression that does not match", { reason: "regex", httpStatus: 200 }, false],
    ["one redirect too many", { reason: "redirect", httpStatus: 302 }, false],
    ["a wrong answer over TCP", { reason: "tcp-expect", httpStatus: null }, true],
    ["a wrong certificate", { reason: "certificate", httpStatus: null }, false],
    ["wrong DNS records", { reason: "dns-record", httpStatus: null }, false],
    ["a WebSocket refused with 503", { reason: "websocket", httpStatus: 503 }, true],
    ["a WebSocket refused with 401", { reason: "websocket", httpStatus: 401 }, false],
    ["a WebSocket without the answer", { reason: "websocket", httpStatus: 101 }, false],
    ["a step without an answer", { reason: "step", httpStatus: null }, true],
    ["a step answered with 503", { reason: "step", httpStatus: 503 }, true],
    ["a step with a wrong answer", { reason: "step", httpStatus: 200 }, false],
    ["a job that does not call in", { reason: "heartbeat-missing", httpStatus: null }, false],
    ["a job that failed", { reason: "heartbeat-failed", httpStatus: null }, false],
    ["a job that takes too long", { reason: "heartbeat-overlong", httpStatus: null }, false],
    ["what others saw", { reason: "seen-down", httpStatus: null }, false],
  ];
  it.each(table)("knows of %s whether another attempt can cure it", (_name, failure, curable) => {
    expect(isCurable(failure)).toBe(curable);
  });

  it("has an answer for every reason", () => {
    expect(new Set(table.map(([, failure]) => failure.reason))).toEqual(new Set(failureReasons));
  });
});

describe("decideRetry", () => {
  type Row = [
    name: string,
    given: { failure?: AttemptFailure; attempt: number; elapsedMs: number; draw?: number },
    decision: ReturnType<typeof decideRetry>,
  ];
  const wrongText: AttemptFailure = { reason: "text", httpStatus: 200 };
  const table: Row[] = [
    [
      "after the first failure there is another attempt with its full timeout",
      { attempt: 1, elapsedMs: 5_000, draw: 0.5 },
      { retry: true, pauseMs: 125, timeoutMs: 5_000 },
    ],
    [
      "the pause grows with the attempt",
      { attempt: 2, elapsedMs: 40, draw: 0.5 },
      { retry: true, pauseMs: 250, timeoutMs: 5_000 },
    ],
    [
      "the timeout is cut to what the budget has left after the pause",
      { attempt: 2, elapsedMs: 12_000, draw: 0.5 },
      { retry: true, pauseMs: 250, timeoutMs: 2_750 },
    ],
    [
      "an attempt that would have exactly 100 ms is made",
      { attempt: 1, elapsedMs: 14_900 },
      { retry: true, pauseMs: 0, timeoutMs: 100 },
    ],
    [
      "an attempt that would have less than 100 ms is not",
      { attempt: 1, elapsedMs: 14_901 },
      { retry: false, because: "budget-spent" },
    ],
    [
      "the pause counts against the budget",
      { attempt: 1, elapsedMs: 14_800, draw: 0.5 },
      { retry: false, because: "budget-spent" },
    ],
    [
      "a budget overdrawn is spent",
      { attempt: 1, elapsedMs: 20_000 },
      { retry: false, because: "budget-spent" },
    ],
    [
      "the last of three attempts is the last",
      { attempt: 3, elapsedMs: 0 },
      { retry: false, because: "attempts-spent" },
    ],
    [
      "attempts are named before the budget when both are spent",
      { attempt: 3, elapsedMs: 15_000 },
      { retry: false, because: "attempts-spent" },
    ],
    [
      "what no attempt can cure is not tried again",
      { failure: wrongText, attempt: 1, elapsedMs: 0 },
      { retry: false, because: "incurable" },
    ],
    [
      "incurable is named before attempts and budget",
      { failure: wrongText, attempt: 3, elapsedMs: 15_000 },
      { retry: false, because: "incurable" },
    ],
  ];
  it.each(table)(
    "%s",
    (_name, { failure = connection, attempt, elapsedMs, draw = 0 }, decision) => {
      expect(decideRetry(retryPolicy, failure, attempt, elapsedMs, draw)).toEqual(decision);
    },
  );

  it("never lets attempts and pauses together exceed the budget, nor the number of attempts", () => {
    const spent = fc.double({ min: 0, max: 1, noNaN: true });
    const tries = fc.array(fc.tuple(spent, draws), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(policies, tries, fc.boolean(), (policy, script, allTimeOut) => {
        let elapsedMs = 0;
        let timeoutMs = policy.timeoutMs;
        let attempts = 0;
        for (const [share, draw] of script) {
          attempts += 1;
          elapsedMs += allTimeOut ? timeoutMs : Math.floor(share * timeoutMs);
          const decision = decideRetry(policy, connection, attempts, elapsedMs, draw);
          if (!decision.retry) break;
          elapsedMs += decision.pauseMs;
          timeoutMs = decision.timeoutMs;
          expect(timeoutMs).toBeGreaterThanOrEqual(100);
          expect(timeoutMs).toBeLessThanOrEqual(policy.timeoutMs);
        }
        expect(elapsedMs).toBeLessThanOrEqual(policy.budgetMs);
        expect(attempts).toBeLessThanOrEqual(policy.attempts);
      }),
      { numRuns: 500 },
    );
  });
});
