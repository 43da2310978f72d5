import { DurableObject } from "cloudflare:workers";
import { z } from "zod";
import { planSchema } from "../../shared/contract/plan.ts";
import type { Plan } from "../../shared/domain/plan.ts";
import type { Env } from "./env.ts";

const documentRow = z.object({ document: z.string() });

/** Keeps the last known plan, so that probing goes on while the database does not answer. */
export class PlanKeeper extends DurableObject<Env> {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env);
    state.storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS plan (id INTEGER PRIMARY KEY, document TEXT NOT NULL)",
    );
  }

  /** Keeps a plan in place of the one before. */
  keep(input: unknown): void {
    const document = JSON.stringify(planSchema.parse(input));
    this.ctx.storage.sql.exec("INSERT OR REPLACE INTO plan (id, document) VALUES (1, ?)", document);
  }

  /** The plan kept last, or null. */
  last(): Plan | null {
    const rows = this.ctx.storage.sql.exec("SELECT document FROM plan WHERE id = 1").toArray();
    if (rows[0] === undefined) return null;
    return planSchema.parse(JSON.parse(documentRow.parse(rows[0]).document));
  }
}
