import type { Condition, HttpExchange } from "./http.ts";

/** One request of a transaction. */
export interface TransactionStep extends HttpExchange {
  readonly name: string;
  /** Values taken from the answer for later steps, by name: each a JSONPath query into the body. */
  readonly extract?: Readonly<Record<string, string>>;
}

/** HTTP requests in order; the first that fails ends them. */
export interface TransactionProbe {
  readonly kind: "transaction";
  readonly steps: readonly TransactionStep[];
  /** On the time of all steps together. */
  readonly conditions: readonly Extract<Condition, { kind: "latency" }>[];
}
