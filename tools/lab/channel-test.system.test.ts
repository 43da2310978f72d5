import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { channelListSchema, channelTestSchema } from "../../shared/contract/api/deliveries.ts";
import { startRuntime } from "../runtime/index.ts";
import { startReceivers } from "../testing/receivers/start-receivers.ts";

const token = "admin-token-of-this-test-0123456789abcdef";
const secret = "whsec_bmV0cG9zdC1uZXRwb3N0LW5ldHBvc3QtbmV0cG9zdA==";

it("a test asked of the api goes through the probe Worker to the receiver, and is remembered", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "netpost-channel-"));
  const receivers = await startReceivers();
  const runtime = await startRuntime({
    configPath: fileURLToPath(new URL("../../wrangler.toml", import.meta.url)),
    dataDir,
    vars: {
      api: { ADMIN_TOKEN: token },
      probe: { ALERT_WEBHOOK_URL: `${receivers.url}/hook`, ALERT_WEBHOOK_SECRET: secret },
    },
  });
  try {
    const ask = async (path: string, method = "GET") => {
      const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
      const response = await fetch(`${runtime.apiUrl}/api/monitoring/channels${path}`, {
        method,
        headers,
        ...(method === "POST" && { body: '{"by":"Ann"}' }),
      });
      const body: unknown = await response.json();
      expect(response.status, JSON.stringify(body)).toBe(200);
      return body;
    };
    const tested = channelTestSchema.parse(await ask("/webhook/test", "POST"));
    expect(tested).toMatchObject({ channel: "webhook", delivered: { ok: true } });
    const [request, ...others] = receivers.http.requests("hook");
    expect(others).toEqual([]);
    expect(request?.headers["webhook-signature"]).toMatch(/^v1,/);
    expect(request?.body).toContain("nothing is wrong");
    receivers.http.setAnswers("hook", [{ status: 410 }]);
    await ask("/webhook/test", "POST");
    const { channels } = channelListSchema.parse(await ask(""));
    const webhook = channels.find(({ id }) => id === "webhook");
    expect(webhook?.lastTest?.delivered).toMatchObject({ ok: false, reason: "gone" });
    expect(webhook?.nextTestAt).toMatch(/T09:00:00Z$/);
  } finally {
    await runtime.stop();
    receivers.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});
