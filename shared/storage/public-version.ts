import { z } from "zod";

/** What public documents depend on; each number grows with every change of its part. */
export interface PublicVersion {
  /** Of the recording: statuses, coverage, outages. */
  readonly recorded: number;
  /** The plan in force. */
  readonly plan: number;
  /** Of alerting: incidents, and what is said of them. */
  readonly alerts: number;
  readonly maintenance: number;
}

const rowSchema = z.object({
  recorded: z.int(),
  plan: z.int(),
  alerts: z.int(),
  maintenance: z.int(),
}) satisfies z.ZodType<PublicVersion>;

/** Reads what public documents depend on: three rows. */
export async function readPublicVersion(db: D1Database): Promise<PublicVersion> {
  const row = await db
    .prepare(
      `SELECT ledger.version AS recorded, ledger.plan_revision AS plan,
         alert_ledger.version AS alerts, public_version.maintenance
       FROM ledger, alert_ledger, public_version
       WHERE ledger.id = 1 AND alert_ledger.id = 1 AND public_version.id = 1`,
    )
    .first();
  return rowSchema.parse(row);
}
