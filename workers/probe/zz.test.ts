import { env, exports } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
it("has migrated D1 and objects", async () => {
  const r = await env.DB.prepare("select name from sqlite_master where type='table'").all();
  expect(r.results.map((x) => x["name"])).toContain("ledger");
  const stub = env.REGION.getByName("us-east/0/v1");
  expect(await runInDurableObject(stub, (o, s) => s.storage.sql.databaseSize)).toBeGreaterThan(0);
  expect(navigator.userAgent).toBe("Cloudflare-Workers");
  expect(Object.keys(exports)).toContain("ProbeService");
});
