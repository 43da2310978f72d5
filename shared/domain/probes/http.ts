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

/** What a header condition demands of a header's value. */
export type HeaderTest =
  | { readonly test: "present" }
  | { readonly test: "absent" }
  | { readonly test: "equals"; readonly value: string }
  | { readonly test: "contains"; readonly value: string };

/** One demand on a response. */
export type Condition =
  | {
      readonly kind: "status";
      readonly allowed: readonly StatusRange[];
      readonly otherwise: ConditionOutcome;
    }
  | { readonly kind: "latency"; readonly maxMs: number; readonly otherwise: ConditionOutcome }
  | {
      readonly kind: "size";
      /** Of the body, decompressed. */
      readonly maxBytes: number;
      readonly otherwise: ConditionOutcome;
    }
  | {
      readonly kind: "header";
      readonly name: string;
      readonly demand: HeaderTest;
      readonly otherwise: ConditionOutcome;
    }
  | {
      readonly kind: "text";
      readonly contains: string;
      readonly present: boolean;
      readonly otherwise: ConditionOutcome;
    }
  | {
      readonly kind: "regex";
      /** In RE2's syntax, which can be matched in linear time. */
      readonly pattern: string;
      /** Whether the body must match, or must not. */
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

/** Who we say we are; password and token are references to secrets, never the secrets. */
export type HttpAuth =
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | { readonly kind: "bearer"; readonly token: string };

/**
 * One request and what is demanded of its answer. In `url`, header values, `body` and `auth` there
 * may be references in double braces, filled in at probe time.
 */
export interface HttpExchange {
  readonly url: string;
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly auth?: HttpAuth;
  /** How many redirects are followed; none unless said: a redirect is then the answer. */
  readonly redirects?: number;
  readonly conditions: readonly Condition[];
}

/** What an HTTP probe sends and what it demands of the answer. */
export interface HttpProbe extends HttpExchange {
  readonly kind: "http";
  /** Numbers to keep with the result, by name: each a JSONPath query into the body. */
  readonly metrics?: Readonly<Record<string, string>>;
}
