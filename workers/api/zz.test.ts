import { env, exports } from "cloudflare:workers";
import { expect, it } from "vitest";
it("answers and talks to the probe", async () => {
  const r = await exports.default.fetch("http://x/api/health");
  expect(r.status).toBe(404);
  console.log(Object.keys(env));
  await expect((env.PROBE as any).nothing()).rejects.toThrow(/nothing/);
});
