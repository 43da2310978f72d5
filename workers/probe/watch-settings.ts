/**
 * Settings of how the monitoring watches itself. They are parsed apart from the others: a mistake in
 * one turns its own part off, which is said once, and does not stop the probing.
 */
import { z } from "zod";
import { runbookUrlSchema } from "../../shared/contract/alerting/runbook-url.ts";
import { type PlanName, planNames } from "../../shared/domain/platform-limits.ts";
import { log } from "../../shared/log.ts";

/** What they are; docs/configuration.md is made from this. */
export const watchSettingsSchema = z.object({
  CLOUDFLARE_PLAN: z.enum(planNames, "free or paid").optional().meta({
    description:
      "Cloudflare's plan of the account, whose limits the rule `quota` watches; without it no limit is watched",
    example: "paid",
  }),
  RUNBOOK_URL: runbookUrlSchema,
});

export type WatchSetting = keyof typeof watchSettingsSchema.shape;

/** The plan of the account; null where nobody said. */
export function cloudflarePlan(env: object): PlanName | null {
  return read("CLOUDFLARE_PLAN", watchSettingsSchema.shape.CLOUDFLARE_PLAN, env) ?? null;
}

/** Says once in an isolate's life that no limit is watched, where that is so. */
export function logQuotaOff(account: PlanName | null): void {
  if (account !== null || said.has("CLOUDFLARE_PLAN")) return;
  said.add("CLOUDFLARE_PLAN");
  log("info", "quota-watch", { on: false, because: "CLOUDFLARE_PLAN not set" });
}

/** Where the runbooks are; null: nowhere. */
export function runbookBase(env: object): string | null {
  return read("RUNBOOK_URL", watchSettingsSchema.shape.RUNBOOK_URL, env) ?? null;
}

const said = new Set<WatchSetting>();

function read<T>(name: WatchSetting, schema: z.ZodType<T>, env: object): T | undefined {
  const given: unknown = Reflect.get(env, name);
  const parsed = schema.safeParse(given === "" ? undefined : given);
  if (parsed.success) return parsed.data;
  if (!said.has(name)) {
    said.add(name);
    const words = parsed.error.issues.map(({ message }) => message).join("; ");
    log("error", "setting-malformed", { setting: name, allowed: words });
  }
  return undefined;
}
