import { z } from "zod";
import type { TransactionProbe } from "../../domain/probes/transaction.ts";
import { settings } from "../settings.ts";
import { compileExchange, exchangeFields } from "./exchange.ts";
import { compileLatency, jsonPath } from "./expect.ts";

const stepName = z
  .string()
  .max(40, "at most 40 characters")
  .regex(
    /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
    "lower-case letters, digits and single hyphens, for example log-in",
  );

const valueName = z
  .string()
  .regex(
    /^(?!secret$)[a-z][A-Za-z0-9_]{0,39}$/,
    "a value's name begins with a lower-case letter; letters, digits and _, at most 40; not secret",
  );

export const stepFields = {
  name: stepName,
  ...exchangeFields,
  /** Values for later steps, which name them {{so}}: a JSONPath query for each. */
  extract: z.record(valueName, jsonPath).default({}),
};

const stepSchema = settings(stepFields);

/** On the whole; each step has expectations of its own. */
const expectSchema = settings({
  /** Slower steps together are degraded. */
  maxLatencyMs: z.int().positive().optional(),
  /** Slower steps together are down. */
  downLatencyMs: z.int().positive().optional(),
});

/** What a transaction has besides the common fields. */
export const transactionFields = {
  type: z.literal("transaction"),
  steps: z.array(stepSchema).min(1).max(20),
  expect: expectSchema.prefault({}),
};

const transactionShape = settings(transactionFields);

/** Compiles a transaction. */
export function compileTransaction(
  baseUrl: string,
  { steps, expect }: z.infer<typeof transactionShape>,
): TransactionProbe {
  return {
    kind: "transaction",
    steps: steps.map((step) => ({
      name: step.name,
      ...compileExchange(baseUrl, step),
      ...(Object.keys(step.extract).length > 0 && { extract: step.extract }),
    })),
    conditions: [
      ...compileLatency(expect.downLatencyMs, "down"),
      ...compileLatency(expect.maxLatencyMs, "degraded"),
    ],
  };
}
