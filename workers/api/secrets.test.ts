/** Law 6: no secret leaves, neither one of ours, nor a target's, nor what somebody sends by mistake. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { applyConfig, ask, configOf, down, minute, record, resetWorld } from "./testing/world.ts";

const at = minute(0) + 10;
const planted = "planted-secret-9f2c7e";

const paths = [
  "/api/health",
  "/api/status",
  "/api/ping",
  "/api/monitoring/health/live",
  "/api/monitoring/health/ready",
  "/api/monitoring/health/detailed",
  "/api/monitoring/monitors",
  "/api/monitoring/monitors/home",
  "/api/monitoring/outages",
  "/api/monitoring/sla",
];

beforeAll(async () => {
  await resetWorld();
  await applyConfig(
    configOf([
      {
        id: "home",
        name: "Home",
        url: `https://user:${planted}@netpost.example/?key=${planted}#${planted}`,
        method: "POST",
        headers: { Authorization: `Bearer ${planted}` },
        body: JSON.stringify({ password: planted }),
      },
    ]),
  );
  await record({ from: minute(0), to: minute(1) }, () => down());
});

async function everythingOf(response: Response): Promise<string> {
  return JSON.stringify([...response.headers]) + (await response.text());
}

/** Runs something and returns all that it logs. */
async function logOf(action: () => Promise<void>): Promise<string> {
  const spies = (["info", "warn", "error", "log"] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation(() => {}),
  );
  await action();
  const lines = JSON.stringify(spies.map((spy) => spy.mock.calls));
  for (const spy of spies) spy.mockRestore();
  return lines;
}

describe("a secret", () => {
  it.each(paths)("of a monitor's configuration is not in %s", async (path) => {
    const response = await ask(path, { at });
    expect(response.status).toBe(200);
    expect(await everythingOf(response)).not.toContain(planted);
  });

  it.each(paths)("that somebody sends by mistake does not come back from %s", async (path) => {
    const query = `?window=${planted}&${planted}=1&state=${planted}&cursor=${planted}&monitor=${planted}`;
    const logged = await logOf(async () => {
      for (const key of [undefined, null, planted]) {
        const response = await ask(path + query, {
          at,
          ...(key === undefined ? {} : { key }),
          headers: {
            Cookie: planted,
            "X-Request-Id": planted,
            Origin: `https://${planted}.example`,
          },
        });
        expect(await everythingOf(response)).not.toContain(planted);
      }
    });
    expect(logged).not.toContain(planted);
  });

  it.each(paths)("of ours, or the one sent, is not logged when %s fails", async (path) => {
    const failing = {
      prepare: () => {
        throw new Error("D1_ERROR: no answer");
      },
      batch: env.DB.batch.bind(env.DB),
    };
    const settings = {
      ADMIN_TOKEN: planted,
      MONITORING_API_KEY: `${planted}-2`,
      HEARTBEAT_SECRET: `${planted}-of-heartbeats`,
    };
    const logged = await logOf(async () => {
      const response = await ask(`${path}?monitor=${planted}`, {
        at,
        key: planted,
        environment: { DB: failing, ...settings },
      });
      expect(await everythingOf(response)).not.toContain(planted);
    });
    expect(logged).not.toContain(planted);
  });
});
