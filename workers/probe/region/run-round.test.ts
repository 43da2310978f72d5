import { env } from "cloudflare:workers";
import { describe, expect, inject, it } from "vitest";
import type { Monitor } from "../../../shared/domain/monitor.ts";
import { worstCaseMs } from "../../../shared/domain/shard.ts";
import { monitorOf } from "../../../shared/domain/testing/fixtures.ts";
import { runRound } from "./run-round.ts";
import { probeSurroundings } from "./surroundings.ts";

const { ports, resolverUrl } = inject("broken");

/** One that answers no request, lets nobody connect, has no TLS to offer, or has no such name. */
const hanging = [
  `http://127.0.0.1:${ports.hanging}/`,
  `http://127.0.0.1:${ports.full}/`,
  `https://127.0.0.1:${ports.hanging}/`,
  "http://no-such-name.invalid/",
];

const retry = { attempts: 1, timeoutMs: 100, backoffBaseMs: 0, backoffCapMs: 0, budgetMs: 650 };

describe("a round in which everything hangs", () => {
  it("takes with all its diagnoses no longer than shards are sized by", async () => {
    const monitors = Array.from({ length: 36 }, (_, index): Monitor => {
      const url = hanging[index % hanging.length] ?? "";
      const probe = { kind: "http", url, method: "GET", headers: {}, body: null } as const;
      return monitorOf({ number: index + 1, probe: { ...probe, conditions: [] }, retry });
    });
    const surroundings = {
      ...probeSurroundings("us-east", env),
      allowsPrivate: true,
      resolverUrl: `${resolverUrl}/silent`,
    };
    const startedAt = Date.now();
    const results = await runRound(monitors, 50_000, surroundings);
    const tookMs = Date.now() - startedAt;
    // A timer fires some milliseconds late, six times over in each lane.
    expect(tookMs).toBeLessThanOrEqual(worstCaseMs(monitors, 60) + 6 * 20);
    expect(results.every(({ outcome }) => outcome.outcome === "down")).toBe(true);
    const reasons = results.map(({ outcome }) => ("reason" in outcome ? outcome.reason : null));
    expect(new Set(reasons)).toEqual(new Set(["http-timeout", "connect-timeout", "connection"]));
  });
});
