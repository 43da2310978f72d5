import { describe, expect, inject, it } from "vitest";
import type { Condition, HttpProbe } from "../../../shared/domain/probes/http.ts";
import { probeHttp } from "./http.ts";
import { contextOf } from "./testing/attempts.ts";

const raw = inject("rawServer");
const timeoutMs = 1_000;
/** A busy machine's share; what is excluded is an attempt that outlives its time. */
const patienceMs = 1_500;

const ok: Condition = { kind: "status", allowed: [{ from: 200, to: 299 }], otherwise: "down" };
const isJson: Condition = {
  kind: "json",
  path: "$.status",
  demand: { test: "equals", value: "ok" },
  otherwise: "down",
};
const saysGood: Condition = { kind: "text", contains: "good", present: true, otherwise: "down" };

function attempt(path: string, conditions: readonly Condition[] = [ok]) {
  const probe: HttpProbe = {
    kind: "http",
    url: `${raw.url}${path}`,
    method: "GET",
    headers: {},
    body: null,
    conditions,
  };
  return probeHttp(probe, contextOf({ timeoutMs }));
}

type Case = readonly [path: string, conditions: readonly Condition[], reason: string | null];

const cases: readonly Case[] = [
  ["/good", [ok, saysGood], null],
  ["/gzip-good", [ok, isJson], null],
  // No answer that is one: what is wrong, fetch does not tell.
  ["/gigantic-header", [ok], "connection"],
  ["/many-headers", [ok], "connection"],
  ["/endless-headers", [ok], "connection"],
  ["/garbage", [ok], "connection"],
  ["/other-protocol", [ok], "connection"],
  ["/status-no-number", [ok], "connection"],
  ["/status-tiny", [ok], "connection"],
  ["/header-without-colon", [ok], "connection"],
  ["/header-with-null", [ok], "connection"],
  ["/header-with-return", [ok], "connection"],
  ["/header-folded", [ok], "connection"],
  ["/length-twice", [ok], "connection"],
  ["/length-negative", [ok], "connection"],
  ["/length-no-number", [ok], "connection"],
  ["/length-astronomical", [ok], "connection"],
  ["/nothing", [ok], "connection"],
  ["/reset", [ok], "connection"],
  // None within its time.
  ["/head-then-silence", [ok], "http-timeout"],
  ["/endless-interim", [ok], "http-timeout"],
  ["/endless-spaces", [ok], "http-timeout"],
  // A head, and then a body that is none, whether anything looks at it or not.
  ["/bad-chunk-size", [ok], "protocol"],
  ["/bad-chunk-size", [ok, saysGood], "protocol"],
  ["/negative-chunk-size", [ok], "protocol"],
  ["/overlong-chunk", [ok], "protocol"],
  ["/chunks-cut", [ok, saysGood], "protocol"],
  ["/length-too-large", [ok], "protocol"],
  ["/length-too-large", [ok, saysGood], "protocol"],
  ["/gzip-garbage", [ok], "protocol"],
  ["/gzip-cut", [ok, saysGood], "protocol"],
  // What its length cuts off is no part of the answer.
  ["/length-too-small", [ok], null],
  ["/length-too-small", [ok, saysGood], "text"],
  // Bodies without end.
  ["/endless-chunks", [ok], "body-size"],
  ["/endless-chunks", [ok, saysGood], "body-size"],
  ["/endless-until-close", [ok, isJson], "body-size"],
  ["/gzip-bomb", [ok], "body-size"],
  ["/gzip-bomb", [ok, saysGood], "body-size"],
  ["/brotli-bomb", [ok, isJson], "body-size"],
  // Well framed, and still not what it should be.
  ["/gzip-bomb-in-gzip", [ok, isJson], "json"],
  ["/not-utf-8", [ok], null],
  ["/not-utf-8", [ok, isJson], "json"],
  ["/status-large", [ok], "status"],
];

describe("a malformed answer ends in a result with a reason, in time", () => {
  it.each(cases)("%s", async (path, conditions, reason) => {
    const startedAt = Date.now();
    const { outcome } = await attempt(path, conditions);
    const tookMs = Date.now() - startedAt;
    if (reason === null) expect(outcome).toEqual({ outcome: "up" });
    else expect(outcome).toMatchObject({ outcome: "down", reason });
    expect(tookMs).toBeLessThan(timeoutMs + patienceMs);
  });

  it("says what it saw of an answer that broke off", async () => {
    const { outcome, httpStatus } = await attempt("/length-too-large");
    expect(outcome).toMatchObject({
      detail: "status 200, but its body is malformed or cut short",
    });
    expect(httpStatus).toBeNull();
  });

  it("does not harm the probes that come after", async () => {
    await Promise.all(["/gzip-bomb", "/garbage", "/length-too-small"].map((path) => attempt(path)));
    expect((await attempt("/good", [ok, saysGood])).outcome).toEqual({ outcome: "up" });
  });
});
