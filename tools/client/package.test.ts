import { expect, expectTypeOf, it } from "vitest";

it("is what others import as netpost-monitoring/client", async () => {
  const { createClient } = await import("netpost-monitoring/client");
  const asked: string[] = [];
  const client = createClient({
    baseUrl: "https://api.example",
    fetch: async ({ url }) => {
      asked.push(url);
      return Response.json({ status: "ok", version: "1.0.0", asOf: null, stale: true });
    },
  });
  const health = await client.call("getHealth").catch(() => null);
  expect(asked).toEqual(["https://api.example/api/health"]);
  expectTypeOf(health).exclude<null>().toHaveProperty("status");
});
