/** The platform's own counters, as wrangler.toml configures them. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { type RateLimitBinding, rateLimits } from "../../../shared/rate-limits.ts";
import { readProblem } from "../testing/read-answer.ts";
import {
  allUp,
  applyConfig,
  ask,
  configOf,
  minute,
  plainMonitors,
  readerKey,
  record,
  resetWorld,
} from "../testing/world.ts";

const at = minute(0) + 10;
const monitors = "/api/monitoring/monitors";

/** Asks with the real counters, as somebody at an address. */
function askFrom(address: string | null, path: string, key: string | null = readerKey) {
  const { LIMIT_PUBLIC, LIMIT_PING, LIMIT_ADDRESS, LIMIT_FAILED, LIMIT_KEY } = env;
  return ask(path, {
    at,
    key,
    headers: address === null ? {} : { "CF-Connecting-IP": address },
    environment: { LIMIT_PUBLIC, LIMIT_PING, LIMIT_ADDRESS, LIMIT_FAILED, LIMIT_KEY },
  });
}

/** Takes all that a limit leaves; once more where the minute ended meanwhile. */
async function askWhenSpent(
  binding: RateLimitBinding,
  key: string,
  again: () => Promise<Response>,
): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    for (let count = 0; count < rateLimits[binding].quota; count += 100) {
      const some = Array.from({ length: 100 }, () => env[binding].limit({ key }));
      await Promise.all(some);
    }
    const response = await again();
    if (response.status === 429 || attempt === 3) return response;
  }
}

beforeAll(async () => {
  await resetWorld();
  await applyConfig(configOf(plainMonitors("home")));
  await record({ from: minute(0), to: minute(1) }, allUp);
});

describe("a request within its limits", () => {
  it("is answered, and told what they are", async () => {
    const guarded = await askFrom("203.0.113.1", monitors);
    expect(guarded.status).toBe(200);
    expect(guarded.headers.get("RateLimit-Policy")).toBe('"address";q=600;w=60, "key";q=1200;w=60');
    expect(guarded.headers.has("RateLimit")).toBe(false);
    const open = await askFrom("203.0.113.1", "/api/status", null);
    expect(open.headers.get("RateLimit-Policy")).toBe('"public";q=3000;w=60');
  });

  it("is counted by its key alone where nobody tells its address", async () => {
    const response = await askFrom(null, monitors);
    expect(response.headers.get("RateLimit-Policy")).toBe('"key";q=1200;w=60');
  });

  it("is answered while the counter fails", async () => {
    const LIMIT_KEY = { limit: () => Promise.reject(new Error("the counter is away")) };
    const response = await ask(monitors, { at, key: readerKey, environment: { LIMIT_KEY } });
    expect(response.status).toBe(200);
  });
});

describe("a request beyond a limit", () => {
  const cases: [RateLimitBinding, string, string, string | null][] = [
    ["LIMIT_ADDRESS", "203.0.113.2", monitors, readerKey],
    ["LIMIT_PUBLIC", "203.0.113.3", "/api/status", null],
    ["LIMIT_PING", "203.0.113.4", "/api/ping/nothing", null],
    ["LIMIT_FAILED", "203.0.113.5", monitors, "a-wrong-key-of-some-length"],
  ];
  it.each(cases)("is refused by %s, and nobody else's is", async (binding, address, path, key) => {
    const refused = await askWhenSpent(binding, address, () => askFrom(address, path, key));
    const problem = await readProblem(refused, "too-many-requests", 429);
    const { policy, quota } = rateLimits[binding];
    expect(problem.detail).toBe(`At most ${quota} in 60 s (${policy}).`);
    expect(refused.headers.get("Retry-After")).toBe("60");
    expect(refused.headers.get("RateLimit")).toBe(`"${policy}";r=0;t=60`);
    expect((await askFrom("203.0.113.6", path, key)).status).not.toBe(429);
  });

  it("is refused by its key, from wherever it comes, and another's is not", async () => {
    const refused = await askWhenSpent("LIMIT_KEY", "monitoring-key", () =>
      askFrom("203.0.113.7", monitors),
    );
    await readProblem(refused, "too-many-requests", 429);
    expect((await askFrom("203.0.113.8", monitors)).status).toBe(429);
    expect((await askFrom("203.0.113.8", monitors, "a-wrong-key")).status).toBe(401);
  });

  it("is refused to the neighbours of an address of IPv6 too", async () => {
    const refused = await askWhenSpent("LIMIT_ADDRESS", "2001:db8:1:2::/64", () =>
      askFrom("2001:db8:1:2:aaaa::1", monitors),
    );
    expect(refused.status).toBe(429);
    const stranger = await askFrom("2001:db8:1:3::1", monitors);
    expect(stranger.headers.get("RateLimit") ?? "").not.toContain("address");
  });
});

it("an image of ours may stand on the pages of others, and nothing else of ours may", async () => {
  const policy = async (path: string) =>
    (await ask(path, { at })).headers.get("Cross-Origin-Resource-Policy");
  expect(await policy("/api/status/badges/home/status.svg")).toBe("cross-origin");
  expect(await policy(monitors)).toBe("same-origin");
});
