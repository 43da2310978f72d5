import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import {
  keepReport,
  type NewReport,
  readNewestEdition,
  readReport,
  readReportedUntil,
  readReportPage,
} from "./reports.ts";

function report(day: number, changes: Partial<NewReport> = {}): NewReport {
  return {
    kind: "daily",
    zone: "UTC",
    period: { from: day * 86_400, to: (day + 1) * 86_400 },
    edition: 1,
    madeAt: (day + 1) * 86_400 + 1_200,
    madeBy: "schedule",
    basis: "{}",
    digest: `digest of ${day}`,
    packed: "A".repeat(2_500_000),
    ...changes,
  };
}

// One story: each part goes on where the one before it ended.
describe("keeping reports", () => {
  it("takes documents longer than a row, and gives them back whole", async () => {
    expect(await keepReport(env.DB, report(10))).toEqual({ kind: "kept", number: 1 });
    const kept = await readReport(env.DB, 1);
    expect(kept?.packed.length).toBe(2_500_000);
    const { packed: _, ...head } = report(10);
    expect(kept?.report).toEqual({ number: 1, ...head });
  });

  it("keeps the first of two that were made at once, with its own document", async () => {
    const second = report(10, { packed: "BB", digest: "another" });
    expect(await keepReport(env.DB, second)).toEqual({ kind: "already-there", number: 1 });
    const kept = await readReport(env.DB, 1);
    expect(kept?.report.digest).toBe("digest of 10");
    expect(kept?.packed.startsWith("AAAA")).toBe(true);
  });

  it("keeps editions, zones and kinds apart", async () => {
    await keepReport(env.DB, report(10, { edition: 2, packed: "CC" }));
    await keepReport(env.DB, report(10, { zone: "Europe/Berlin", packed: "DD" }));
    await keepReport(env.DB, report(10, { kind: "weekly", packed: "EE" }));
    await keepReport(env.DB, report(11, { packed: "FF" }));
    const period = { from: 864_000, to: 950_400 };
    const newest = await readNewestEdition(env.DB, { kind: "daily", zone: "UTC", period });
    expect(newest).toMatchObject({ number: 2, edition: 2 });
    expect((await readReport(env.DB, 2))?.packed).toBe("CC");
    expect(await readReport(env.DB, 99)).toBeNull();
  });

  it("knows up to when each kind was reported in a zone", async () => {
    expect(await readReportedUntil(env.DB, "UTC")).toEqual(
      new Map([
        ["daily", 12 * 86_400],
        ["weekly", 11 * 86_400],
      ]),
    );
    expect(await readReportedUntil(env.DB, "Asia/Tokyo")).toEqual(new Map());
  });

  it("lists them, newest first", async () => {
    const numbers = async (kind: "daily" | null, before: number | null, limit: number) =>
      (await readReportPage(env.DB, { kind, before }, limit)).map(({ number }) => number);
    expect(await numbers(null, null, 10)).toEqual([5, 4, 3, 2, 1]);
    expect(await numbers("daily", 5, 2)).toEqual([3, 2]);
  });
});
