import type { ConditionOutcome } from "./http.ts";
import type { LatencyCondition } from "./latency.ts";

/** The versions of TLS that are still in use, oldest first. */
export const tlsVersions = ["1.2", "1.3"] as const;

export type TlsVersion = (typeof tlsVersions)[number];

/** One demand on a certificate, or on the handshake that showed it. */
export type TlsCondition =
  /** The certificate is valid now and for so many days more. */
  | { readonly kind: "days-left"; readonly least: number; readonly otherwise: ConditionOutcome }
  /** The certificate is for the name that was asked for. */
  | { readonly kind: "name"; readonly otherwise: ConditionOutcome }
  /** Somebody else signed the certificate: it is not signed by itself. */
  | { readonly kind: "issued"; readonly otherwise: ConditionOutcome }
  | { readonly kind: "issuer"; readonly contains: string; readonly otherwise: ConditionOutcome }
  /** The server speaks this version or a newer one. */
  | { readonly kind: "version"; readonly least: TlsVersion; readonly otherwise: ConditionOutcome }
  | LatencyCondition;

/** Looks at the certificate that a server shows. */
export interface TlsProbe {
  readonly kind: "tls";
  readonly host: string;
  readonly port: number;
  /** The name that is asked for (SNI), and that the certificate must be for. */
  readonly serverName: string;
  readonly conditions: readonly TlsCondition[];
}
