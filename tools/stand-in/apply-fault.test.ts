import { describe, expect, test, vi } from "vitest";
import type { FaultInput, StandIn } from "./index.ts";
import { from, rawGet, standInForTest, tryConnect } from "./test-client.ts";

async function statuses(standIn: StandIn, count: number, path: string, region: string) {
  const seen: number[] = [];
  for (let request = 0; request < count; request += 1) {
    const answer = await fetch(standIn.url + path, { headers: from(region) });
    await answer.arrayBuffer();
    seen.push(answer.status);
  }
  return seen;
}

describe("a connection fault", () => {
  test("refuse for one region closes its connections without a byte", async () => {
    const standIn = await standInForTest();
    await standIn.setFaults([{ kind: "refuse", region: "us-east" }]);
    const view = await rawGet(`${standIn.url}/api/health`, from("us-east")).closed;
    expect(view).toMatchObject({ text: "", error: null });
    expect(await statuses(standIn, 1, "/api/health", "us-west")).toEqual([200]);
  });

  test("reset for one endpoint sends a TCP RST", async () => {
    const standIn = await standInForTest();
    await standIn.setFaults([{ kind: "reset", path: "/api/health" }]);
    const view = await rawGet(`${standIn.url}/api/health`).closed;
    expect(view).toMatchObject({ text: "", error: "ECONNRESET" });
    expect(await statuses(standIn, 1, "/api/feed", "us-east")).toEqual([200]);
  });

  test("refuse for everything closes the port for real, and clearing opens the same one", async () => {
    const standIn = await standInForTest();
    const idle = rawGet(`${standIn.url}/api/health`, { connection: "keep-alive" });
    await vi.waitFor(() => expect(idle.seen().text).toContain("200 OK"));

    await standIn.setFaults([{ kind: "refuse" }]);
    await idle.closed;
    expect(await tryConnect(standIn.url)).toBe("ECONNREFUSED");
    expect((await fetch(`${standIn.controlUrl}/faults`)).status).toBe(200);

    await standIn.clearFaults();
    expect(await statuses(standIn, 1, "/api/health", "us-east")).toEqual([200]);
  });

  test("the port ends as the newest change wants it, also when one is still under way", async () => {
    const standIn = await standInForTest();
    await standIn.setFaults([{ kind: "refuse" }]);
    const opening = standIn.clearFaults();
    await Promise.resolve();
    const closing = standIn.setFaults([{ kind: "refuse" }]);
    await Promise.all([opening, closing]);
    expect(await tryConnect(standIn.url)).toBe("ECONNREFUSED");
  });
});

describe("a slow fault", () => {
  test("hang accepts and never answers, and stop ends it", async () => {
    const standIn = await standInForTest();
    await standIn.setFaults([{ kind: "hang", path: "/api/health", region: "eu-west" }]);
    const hanging = rawGet(`${standIn.url}/api/health`, from("eu-west"));
    await vi.waitFor(() => {
      const outcomes = standIn.requests().counts.map(({ outcome }) => outcome);
      expect(outcomes).toEqual(["hang"]);
    });
    expect(await statuses(standIn, 1, "/api/health", "us-east")).toEqual([200]);
    expect(hanging.seen().text).toBe("");

    await standIn.stop();
    expect((await hanging.closed).text).toBe("");
    expect(await tryConnect(standIn.url)).toBe("ECONNREFUSED");
    expect(await tryConnect(standIn.controlUrl)).toBe("ECONNREFUSED");
    await standIn.stop();
  });

  test("slow answers well, but only after its delay", async () => {
    const standIn = await standInForTest();
    await standIn.setFaults([{ kind: "slow", delayMs: 120, path: "/" }]);
    const view = await rawGet(`${standIn.url}/`).closed;
    expect(view.text).toContain("<h1>NetPost</h1>");
    expect(view.chunks[0]?.atMs).toBeGreaterThan(115);
  });

  test("slow-body sends the head at once and the body piece by piece", async () => {
    const standIn = await standInForTest();
    await standIn.setFaults([{ kind: "slow-body", durationMs: 300, path: "/api/posts" }]);
    const view = await rawGet(`${standIn.url}/api/posts`).closed;
    const [head = "", body = ""] = view.text.split("\r\n\r\n");
    const first = view.chunks[0];
    expect(first?.length, "the first chunk is the head alone").toBe(head.length + 4);
    expect(JSON.parse(body).items.length).toBe(20);
    expect(view.chunks.length).toBeGreaterThanOrEqual(4);
    expect(view.closedAtMs - (first?.atMs ?? 0)).toBeGreaterThan(290);
  });
});

describe("a wrong answer", () => {
  test("status answers with that status, per endpoint and region", async () => {
    const standIn = await standInForTest();
    await standIn.setFaults([
      { kind: "status", status: 503, path: "/api/health", region: "us-east" },
      { kind: "status", status: 429, path: "/api/feed" },
    ]);
    expect(await statuses(standIn, 1, "/api/health", "us-east")).toEqual([503]);
    expect(await statuses(standIn, 1, "/api/health", "us-west")).toEqual([200]);
    expect(await statuses(standIn, 1, "/api/feed", "us-west")).toEqual([429]);
  });

  test("a redirect status says where to", async () => {
    const standIn = await standInForTest();
    await standIn.setFaults([{ kind: "status", status: 302 }]);
    const answer = await fetch(`${standIn.url}/api/feed`, { redirect: "manual" });
    expect(answer.status).toBe(302);
    expect(answer.headers.get("location")).toBe("/");
  });

  test.each([204, 304])("status %i has no body", async (status) => {
    const standIn = await standInForTest();
    await standIn.setFaults([{ kind: "status", status }]);
    const view = await rawGet(`${standIn.url}/api/feed`).closed;
    expect(view.text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(view.text.split("\r\n\r\n")[1]).toBe("");
  });

  test.each<[string, string, FaultInput, string, string]>([
    ["other JSON", "/api/health", { kind: "wrong-body" }, "json", '{"unexpected":true}'],
    ["another page", "/", { kind: "wrong-body" }, "html", "This domain is parked."],
    [
      "its own JSON",
      "/",
      { kind: "wrong-body", body: { memoryMb: 612 } },
      "json",
      '{"memoryMb":612}',
    ],
    ["broken JSON", "/api/feed", { kind: "wrong-body", body: '{"items":[' }, "json", '{"items":['],
    ["its own page", "/", { kind: "wrong-body", body: "<p>Hello" }, "html", "<p>Hello"],
  ])("wrong-body answers 200 with %s", async (_name, path, fault, type, text) => {
    const standIn = await standInForTest();
    await standIn.setFaults([fault]);
    const answer = await fetch(standIn.url + path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toContain(type);
    const body = await answer.text();
    expect(body).toContain(text);
    expect(body).not.toContain("NetPost");
  });
});

describe("a fault that comes and goes", () => {
  test("flapping fails in its pattern, in every region by itself", async () => {
    const standIn = await standInForTest();
    await standIn.setFaults([{ kind: "flapping", good: 2, bad: 1, path: "/api/health" }]);
    expect(await statuses(standIn, 4, "/api/health", "us-east")).toEqual([200, 200, 503, 200]);
    expect(await statuses(standIn, 3, "/api/health", "us-west")).toEqual([200, 200, 503]);
    expect(await statuses(standIn, 3, "/api/feed", "us-west")).toEqual([200, 200, 200]);
  });

  test("flapping can use any other fault", async () => {
    const standIn = await standInForTest();
    await standIn.setFaults([{ kind: "flapping", fault: { kind: "reset" } }]);
    const views = [];
    for (let request = 0; request < 4; request += 1) {
      views.push(await rawGet(`${standIn.url}/`, from("us-east")).closed);
    }
    expect(views.map(({ error }) => error)).toEqual([null, "ECONNRESET", null, "ECONNRESET"]);
  });

  test("recover-after is good again after so many requests of a region", async () => {
    const standIn = await standInForTest();
    await standIn.setFaults([
      { kind: "recover-after", requests: 2, fault: { kind: "status", status: 500 } },
    ]);
    expect(await statuses(standIn, 3, "/api/health", "us-east")).toEqual([500, 500, 200]);
    expect(await statuses(standIn, 3, "/api/health", "eu-west")).toEqual([500, 500, 200]);
    expect(standIn.requests().counts).toEqual([
      { path: "/api/health", region: "eu-west", outcome: "answered", count: 1 },
      { path: "/api/health", region: "eu-west", outcome: "status", count: 2 },
      { path: "/api/health", region: "us-east", outcome: "answered", count: 1 },
      { path: "/api/health", region: "us-east", outcome: "status", count: 2 },
    ]);
  });
});
