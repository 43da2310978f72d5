import { DurableObject } from "cloudflare:workers";
import { z } from "zod";
import { planSchema } from "../../shared/contract/plan.ts";
import type { Plan } from "../../shared/domain/plan.ts";
import type { Env } from "./env.ts";
import { reportedCall } from "./reported-call.ts";

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
  keep(input: unknown, caller?: unknown): Promise<void> {
    return this.#reported("keep", caller, () => {
      const document = JSON.stringify(planSchema.parse(input));
      const statement = "INSERT OR REPLACE INTO plan (id, document) VALUES (1, ?)";
      this.ctx.storage.sql.exec(statement, document);
    });
  }

  /** The plan kept last, or null. */
  last(caller?: unknown): Promise<Plan | null> {
    return this.#reported("last", caller, () => {
      const rows = this.ctx.storage.sql.exec("SELECT document FROM plan WHERE id = 1").toArray();
      if (rows[0] === undefined) return null;
      return planSchema.parse(JSON.parse(documentRow.parse(rows[0]).document));
    });
  }

  #reported<T>(call: string, caller: unknown, action: () => T): Promise<T> {
    const callee = {
      env: this.env,
      waitUntil: (done: Promise<unknown>) => this.ctx.waitUntil(done),
    };
    return reportedCall(callee, call, caller, action);
  }
}
