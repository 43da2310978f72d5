import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { type AuditEntry, addAuditEntry, readAuditPage } from "./audit.ts";

const entry = (at: number, more: Partial<AuditEntry> = {}): AuditEntry => ({
  at,
  who: "admin-token",
  name: "admin",
  action: "silence.create",
  target: "silence:1",
  before: null,
  after: null,
  requestId: null,
  ...more,
});
const all = { who: null, action: null, target: null, from: 0, to: Number.MAX_SAFE_INTEGER };

beforeAll(async () => {
  const second = { who: "key:abc", action: "key.revoke" };
  await env.DB.batch(
    [entry(10), entry(20, second), entry(20), entry(30, second)].map((each) =>
      addAuditEntry(env.DB, each),
    ),
  );
});

describe("the audit", () => {
  const forbidden = [
    "UPDATE audit SET who = 'nobody'",
    "UPDATE OR IGNORE audit SET at = 0 WHERE number = 1",
    "DELETE FROM audit",
    "DELETE FROM audit WHERE number = 1",
    `INSERT OR REPLACE INTO audit (number, at, who, name, action, target)
     VALUES (1, 0, 'x', 'x', 'x', 'x')`,
    `INSERT INTO audit (number, at, who, name, action, target) VALUES (1, 0, 'x', 'x', 'x', 'x')
     ON CONFLICT (number) DO UPDATE SET who = 'x'`,
  ];
  it.each(forbidden)("refuses %s", async (sql) => {
    const before = await readAuditPage(env.DB, all, null, 100);
    await expect(env.DB.prepare(sql).run()).rejects.toThrow(/audit is append-only/);
    expect(await readAuditPage(env.DB, all, null, 100)).toEqual(before);
  });

  it("is read in pages that neither repeat nor leave out entries of one second", async () => {
    const numbers: number[] = [];
    let after = null;
    for (let page = 0; page < 6; page += 1) {
      const [one] = await readAuditPage(env.DB, all, after, 1);
      if (!one) break;
      numbers.push(one.number);
      after = { at: one.at, number: one.number };
    }
    expect(numbers).toEqual([4, 3, 2, 1]);
  });

  it("is filtered by all that is asked for at once", async () => {
    const found = async (filter: object) =>
      (await readAuditPage(env.DB, { ...all, ...filter }, null, 9)).map(({ number }) => number);
    expect(await found({ who: "key:abc" })).toEqual([4, 2]);
    expect(await found({ action: "silence.create", target: "silence:1" })).toEqual([3, 1]);
    expect(await found({ who: "key:abc", from: 10, to: 30 })).toEqual([2]);
    expect(await found({ who: "key:abc", action: "silence.create" })).toEqual([]);
  });

  it("has no entry of a change that did not come about", async () => {
    const change = env.DB.prepare("UPDATE ledger SET version = version WHERE id = 99");
    await env.DB.batch([change, addAuditEntry(env.DB, entry(40), true)]);
    const changed = env.DB.prepare("UPDATE ledger SET version = version WHERE id = 1");
    await env.DB.batch([changed, addAuditEntry(env.DB, entry(50), true)]);
    const [newest, before] = await readAuditPage(env.DB, all, null, 2);
    expect([newest?.at, before?.at]).toEqual([50, 30]);
  });
});
