import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { describe, expect, test } from "vitest";
import type { FaultInput } from "./index.ts";
import { from, problemOf, standInForTest, tryConnect } from "./test-client.ts";

function send(url: string, method: string, body?: unknown): Promise<Response> {
  return fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

describe("setting faults", () => {
  test("faults are added, listed, deleted one by one and all at once", async () => {
    const standIn = await standInForTest();
    const faults = `${standIn.controlUrl}/faults`;
    const added = await send(faults, "POST", { kind: "hang", region: "us-east" });
    expect(added.status).toBe(201);
    const first = await added.json();
    expect(first).toEqual({ id: "f1", kind: "hang", path: "*", region: "us-east" });
    expect(added.headers.get("location")).toBe("/faults/f1");
    const second = await (await send(faults, "POST", { kind: "reset", path: "/" })).json();
    expect(await (await fetch(faults)).json()).toEqual({ faults: [first, second] });

    expect((await send(`${faults}/f1`, "DELETE")).status).toBe(204);
    expect((await send(`${faults}/f1`, "DELETE")).status).toBe(404);
    expect(await (await fetch(faults)).json()).toEqual({ faults: [second] });
    expect((await send(faults, "DELETE")).status).toBe(204);
    expect(await (await fetch(faults)).json()).toEqual({ faults: [] });
  });

  test("PUT replaces all faults, and they hold as soon as it answers", async () => {
    const standIn = await standInForTest();
    const faults = `${standIn.controlUrl}/faults`;
    await send(faults, "POST", { kind: "status", status: 500 });
    const replaced = await send(faults, "PUT", { faults: [{ kind: "refuse" }] });
    expect(await replaced.json()).toEqual({
      faults: [{ id: "f2", kind: "refuse", path: "*", region: "*" }],
    });
    expect(await tryConnect(standIn.url)).toBe("ECONNREFUSED");
    await send(faults, "PUT", { faults: [] });
    expect((await fetch(`${standIn.url}/api/health`)).status).toBe(200);
  });

  test("a main port that somebody took while it was refused is told, and tried again later", async () => {
    const standIn = await standInForTest();
    const faults = `${standIn.controlUrl}/faults`;
    await send(faults, "POST", { kind: "refuse" });
    const thief = createServer().listen(Number(new URL(standIn.url).port), "127.0.0.1");
    await once(thief, "listening");
    const answer = await send(faults, "DELETE");
    expect(answer.status).toBe(503);
    expect((await problemOf(answer)).detail).toMatch(/^port \d+ on 127\.0\.0\.1: already in use$/);

    thief.close();
    await once(thief, "close");
    expect((await send(faults, "DELETE")).status).toBe(204);
    expect(await tryConnect(standIn.url)).toBe("connected");
  });
});

test("every body in the README's curl examples is taken", async () => {
  const readme = readFileSync(new URL("./README.md", import.meta.url), "utf8");
  const examples = [...readme.matchAll(/curl -X (POST|PUT) \$C(\/faults) -d '(.+)'/g)];
  expect(examples.length).toBeGreaterThan(5);
  const { controlUrl } = await standInForTest();
  for (const [line, method = "", path = "", body = ""] of examples) {
    const answer = await fetch(controlUrl + path, { method, body });
    expect(answer.ok, line).toBe(true);
  }
});

describe("input that is refused", () => {
  const kinds = "refuse, reset, hang, slow, slow-body, status, wrong-body";
  test.each<[string, unknown, string, string]>([
    ["an unknown kind", { kind: "slower" }, "kind", `${kinds}, flapping, recover-after`],
    ["no kind", {}, "kind", `${kinds}, flapping, recover-after`],
    ["a number that is missing", { kind: "slow" }, "delayMs", "a whole number from 1 to 600000"],
    ["a number too small", { kind: "slow", delayMs: 0 }, "delayMs", "from 1 to 600000"],
    ["a number too big", { kind: "status", status: 999 }, "status", "from 200 to 599"],
    ["half a request", { kind: "recover-after", requests: 0.5 }, "requests", "from 1 to 100000"],
    ["a text for a number", { kind: "status", status: "500" }, "status", "from 200 to 599"],
    ["a path with a mistake", { kind: "hang", path: "/api/healt" }, "path", "/api/health/detailed"],
    ["a path with a query", { kind: "hang", path: "/api/search?q=a" }, "path", "/api/search)"],
    ["a region in words", { kind: "hang", region: "US East" }, "region", '"us-east"'],
    ["an unknown field", { kind: "hang", delayMs: 5 }, "delayMs", "allowed: kind, path, region"],
    [
      "flapping inside flapping",
      { kind: "flapping", fault: { kind: "flapping" } },
      "fault.kind",
      kinds,
    ],
    [
      "a target inside flapping",
      { kind: "flapping", fault: { kind: "slow", delayMs: 1, region: "us-east" } },
      "fault.region",
      "allowed: kind, delayMs",
    ],
    ["a list", [], "body", "expected object"],
  ])("%s is named, with what is allowed", async (_name, body, field, words) => {
    const { controlUrl } = await standInForTest();
    const answer = await send(`${controlUrl}/faults`, "POST", body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    const refused = await problemOf(answer);
    expect(refused.errors[0]?.field).toBe(field);
    expect(refused.detail).toContain(words);
  });

  test("one bad fault in a list refuses the whole list and names every mistake", async () => {
    const standIn = await standInForTest();
    await standIn.setFaults([{ kind: "hang", path: "/api/feed" }]);
    const faults = [{ kind: "hang" }, { kind: "status" }, { kind: "slow", delayMs: 1, path: "x" }];
    const answer = await send(`${standIn.controlUrl}/faults`, "PUT", { faults });
    const fields = (await problemOf(answer)).errors.map((error) => error.field);
    expect(fields).toEqual(["faults[1].status", "faults[2].path"]);
    const kept = await (await fetch(`${standIn.controlUrl}/faults`)).json();
    expect(kept).toEqual({
      faults: [{ id: "f1", kind: "hang", path: "/api/feed", region: "*" }],
    });
  });

  test("a body that is no JSON is refused", async () => {
    const { controlUrl } = await standInForTest();
    const answer = await fetch(`${controlUrl}/faults`, { method: "POST", body: "kind=hang" });
    expect(answer.status).toBe(400);
    expect((await problemOf(answer)).detail).toBe("The body must be JSON.");
  });

  test("an unknown path of the control API answers with those it has", async () => {
    const { controlUrl } = await standInForTest();
    const answer = await fetch(`${controlUrl}/fault`);
    expect(answer.status).toBe(404);
    expect((await problemOf(answer)).detail).toContain("/faults/:id");
  });

  test("in the same process a bad fault throws one line at once", async () => {
    const standIn = await standInForTest();
    const fault: FaultInput = { kind: "slow", delayMs: -1 };
    expect(() => standIn.setFaults([fault])).toThrow(
      "Invalid fault: faults[0].delayMs must be a whole number from 1 to 600000",
    );
  });
});

describe("counted requests", () => {
  test("they are shown by path, region and outcome, since a time, and cleared", async () => {
    const state = { now: 1_000 };
    const standIn = await standInForTest({ now: () => state.now });
    const requests = `${standIn.controlUrl}/requests`;
    await (await fetch(`${standIn.url}/api/posts/1`, { headers: from("us-east") })).text();
    state.now = 2_000;
    await standIn.setFaults([{ kind: "status", status: 500 }]);
    await (await fetch(`${standIn.url}/?a=b`)).text();

    const homePage = { path: "/", region: "(none)", outcome: "status", count: 1 };
    const post = { path: "/api/posts/:id", region: "us-east", outcome: "answered", count: 1 };
    const all = await (await fetch(requests)).json();
    expect(all).toMatchObject({ complete: true, total: 2, counts: [homePage, post] });
    for (const since of ["1500", "1970-01-01T00:00:01.500Z"]) {
      const late = await (await fetch(`${requests}?since=${since}`)).json();
      expect(late).toMatchObject({ since: 1_500, until: 2_000, total: 1, counts: [homePage] });
    }
    expect((await send(requests, "DELETE")).status).toBe(204);
    expect(await (await fetch(requests)).json()).toMatchObject({ total: 0, counts: [] });
  });

  test("a since that is no time is refused", async () => {
    const { controlUrl } = await standInForTest();
    const answer = await fetch(`${controlUrl}/requests?since=yesterday`);
    expect(answer.status).toBe(400);
    expect((await problemOf(answer)).detail).toContain(
      "since must be epoch milliseconds or an ISO",
    );
  });
});
