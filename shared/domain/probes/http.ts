/** What a condition's failure means for the target. */
export type ConditionOutcome = "down" | "degraded";

/** An inclusive range of HTTP status codes. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

/** What a JSON condition demands of the values its path selects. */
export type JsonTest =
  | { readonly test: "exists" }
  | { readonly test: "equals"; readonly value: string | number | boolean | null }
  | { readonly test: "oneOf"; readonly values: readonly (string | number | boolean | null)[] }
  | { readonly test: "atMost"; readonly value: number }
  | { readonly test: "atLeast"; readonly value: number };

/** One demand on a response. */
export type Condition =
  | {
      readonly kind: "status";
      readonly allowed: readonly StatusRange[];
      readonly otherwise: ConditionOutcome;
    }
  | { readonly kind: "latency"; readonly maxMs: number; readonly otherwise: ConditionOutcome }
  | {
      readonly kind: "text";
      readonly contains: string;
      readonly present: boolean;
      readonly otherwise: ConditionOutcome;
    }
  | {
      readonly kind: "json";
      /** A JSONPath query (RFC 9535). */
      readonly path: string;
      readonly demand: JsonTest;
      readonly otherwise: ConditionOutcome;
    };

/** What an HTTP probe sends and what it demands of the answer. */
export interface HttpProbe {
  readonly kind: "http";
  readonly url: string;
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly conditions: readonly Condition[];
}
