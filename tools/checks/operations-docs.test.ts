/** The operational documents are of this product: a page for each rule, the day of their review. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import netpostConfig from "../../netpost.config.ts";
import { alertRuleSchema } from "../../shared/contract/alerting/rule.ts";
import { isAboutOurselves } from "../../shared/domain/alerting/rule.ts";
import { runbookOf, runbookPages } from "../../shared/domain/alerting/runbook.ts";
import { newestMigration } from "../../shared/storage/schema-version.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const migrations = readdirSync(new URL("migrations/", root)).sort();

/** The rules that migrations seed: a row of VALUES each, with its document. */
const seeded = migrations.flatMap((file) =>
  [...read(`migrations/${file}`).matchAll(/^ {2}\('[a-z-]+', '(\{.*"signal".*\})'\)[,;]$/gm)].map(
    ([, document = ""]) => alertRuleSchema.parse(JSON.parse(document)),
  ),
);
const ids = seeded.map(({ id }) => id).sort();

describe("runbooks", () => {
  it("are one for each rule that comes with the product, and no other", () => {
    expect(ids.length).toBeGreaterThan(20);
    const files = readdirSync(new URL("docs/runbooks/", root)).filter((one) => one !== "README.md");
    expect(files.sort()).toEqual(ids.map((id) => `${id}.md`));
    expect([...runbookPages].sort()).toEqual(ids);
  });

  it("say what it means, how to look, what to do and when to escalate", () => {
    for (const id of ids) {
      const page = read(`docs/runbooks/${id}.md`);
      const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
      const wanted = ["What it means", "How to look", "First steps", "When to escalate"];
      expect(headings, id).toEqual(wanted);
      expect(page, id).toContain(`Rule \`${id}\``);
      expect(page, id).toMatch(/```sh\n.+/);
    }
  });

  it("are listed apart: about NetPost, and about ourselves", () => {
    const [, netpost = "", ours = ""] = read("docs/runbooks/README.md").split(/^## /m);
    for (const rule of seeded) {
      const [here, there] = isAboutOurselves(rule) ? [ours, netpost] : [netpost, ours];
      expect(here, rule.id).toContain(`(${rule.id}.md)`);
      expect(there, rule.id).not.toContain(`(${rule.id}.md)`);
    }
  });

  it("are linked to by their rules, by rules of the same kind, or by what a rule says itself", () => {
    const base = "https://docs.example/runbooks/";
    for (const rule of seeded) {
      expect(runbookOf(rule, base)).toBe(`https://docs.example/runbooks/${rule.id}.md`);
      expect(runbookOf(rule, null)).toBeNull();
      const own = { ...rule, id: "of-people", runbook: "https://wiki.example/x" };
      expect(runbookOf(own, base)).toBe("https://wiki.example/x");
      const page = runbookOf({ ...rule, id: "of-people" }, base)?.slice(base.length);
      if (rule.signal.kind === "metric") expect(page).toBeUndefined();
      else expect(ids.map((id) => `${id}.md`)).toContain(page);
    }
  });
});

describe("the day of the last review", () => {
  it("is the earlier of the two documents' in the configuration, from which the KPI has it", () => {
    const days = ["docs/MAINTENANCE_PROCEDURES.md", "docs/INCIDENT_RESPONSE.md"].map(
      (path) => /^Last reviewed: (\d{4}-\d{2}-\d{2})$/m.exec(read(path))?.[1],
    );
    expect(days.sort()[0]).toBe(netpostConfig.kpis?.docsReviewedOn);
  });
});

describe("the newest migration", () => {
  it("is the one that the api holds the database against (shared/storage/schema-version.ts)", () => {
    expect(newestMigration).toBe(migrations.at(-1));
  });
});
