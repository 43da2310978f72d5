import type { ConditionOutcome } from "./http.ts";
import type { LatencyCondition } from "./latency.ts";

/** The types of record that can be asked for, with their numbers (RFC 1035, 3.2.2; RFC 3596, 2.1). */
export const recordTypes = { A: 1, NS: 2, CNAME: 5, MX: 15, TXT: 16, AAAA: 28 } as const;

export type RecordType = keyof typeof recordTypes;

/** One demand on the records of a name. Names and addresses are the same however they are written. */
export type DnsCondition =
  /** One of the records is this one; of TXT records, one contains it. */
  | { readonly kind: "contains"; readonly value: string; readonly otherwise: ConditionOutcome }
  /** The records are these, in any order, and no others. */
  | {
      readonly kind: "equals";
      readonly values: readonly string[];
      readonly otherwise: ConditionOutcome;
    }
  | { readonly kind: "at-least"; readonly count: number; readonly otherwise: ConditionOutcome }
  | LatencyCondition;

/** Asks a resolver for the records of a name. */
export interface DnsProbe {
  readonly kind: "dns";
  readonly name: string;
  readonly recordType: RecordType;
  /** URL of a DNS-over-HTTPS resolver that answers `application/dns-json`. */
  readonly resolver: string;
  readonly conditions: readonly DnsCondition[];
}
