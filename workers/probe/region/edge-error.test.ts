import { env } from "cloudflare:workers";
import { describe, expect, inject, it } from "vitest";
import type { Condition } from "../../../shared/domain/probes/http.ts";
import type { Probe } from "../../../shared/domain/probes/probe.ts";
import { monitorOf } from "../../../shared/domain/testing/fixtures.ts";
import { runProbe } from "./run-probe.ts";
import { probeSurroundings } from "./surroundings.ts";

const { edgeUrl, ports, resolverUrl } = inject("broken");

const retry = { attempts: 1, timeoutMs: 3_000, backoffBaseMs: 0, backoffCapMs: 0, budgetMs: 6_000 };
const ok: Condition = { kind: "status", allowed: [{ from: 200, to: 299 }], otherwise: "down" };

async function outcomeOf(probe: Probe) {
  const surroundings = { ...probeSurroundings("us-east", env), resolverUrl };
  return (await runProbe(monitorOf({ number: 1, probe, retry }), retry, surroundings)).outcome;
}

function http(url: string, conditions: readonly Condition[] = [ok]): Probe {
  return { kind: "http", url, method: "GET", headers: {}, body: null, conditions };
}

describe("an answer that Cloudflare gives in the origin's place", () => {
  it("is diagnosed like a fetch that failed", async () => {
    const { edgeThenNobody } = ports;
    expect(await outcomeOf(http(`http://127.0.0.1:${edgeThenNobody}/521`))).toEqual({
      outcome: "down",
      reason: "connect-refused",
      detail: `status 521, allowed 200–299; Cloudflare's own error 1016; port ${edgeThenNobody} refuses connections`,
    });
  });

  it.each([520, 522, 523, 525, 526, 527, 530])(
    "stays a status where the diagnosis finds nothing: %s",
    async (status) => {
      expect(await outcomeOf(http(`${edgeUrl}/${status}`))).toMatchObject({
        outcome: "down",
        reason: "status",
        detail: expect.stringMatching(/Cloudflare's own error 1016; port \d+ accepts connections$/),
      });
    },
  );

  it("is looked into in a WebSocket's opening as well", async () => {
    const url = `${edgeUrl.replace("http", "ws")}/530`;
    const probe: Probe = {
      kind: "websocket",
      url,
      headers: {},
      send: null,
      expect: null,
      conditions: [],
    };
    expect(await outcomeOf(probe)).toMatchObject({
      reason: "websocket",
      detail: expect.stringMatching(/^refused with status 530; port \d+ accepts connections$/),
    });
  });

  it("is an answer where it is what the monitor expects", async () => {
    const gone: Condition = { ...ok, allowed: [{ from: 530, to: 530 }] };
    expect(await outcomeOf(http(`${edgeUrl}/530`, [gone]))).toEqual({ outcome: "up" });
  });

  it.each(["530/origin", "530/page", "503", "528"])(
    "is the target's own, and not looked into: %s",
    async (path) => {
      const outcome = await outcomeOf(http(`${edgeUrl}/${path}`));
      expect(outcome).toMatchObject({ outcome: "down", reason: "status" });
      expect(outcome).toMatchObject({ detail: expect.not.stringContaining("accepts") });
    },
  );
});
