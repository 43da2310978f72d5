import { z } from "zod";
import type { TransactionProbe } from "../../domain/probes/transaction.ts";
import { exchangeFields, latencyConditionSchema, queriesSchema } from "./http.ts";

export const transactionProbeSchema = z.object({
  kind: z.literal("transaction"),
  steps: z.array(
    z.object({ name: z.string(), ...exchangeFields, extract: queriesSchema.exactOptional() }),
  ),
  conditions: z.array(latencyConditionSchema),
}) satisfies z.ZodType<TransactionProbe>;
