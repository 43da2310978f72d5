import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
it("d1", async () => {
  expect(await env.DB.prepare("select version from ledger").first("version")).toBe(0);
});
