/** Why a message did not arrive: one closed union for code, database, API and logs. */

/** Whether sending it again, unchanged, can help. */
export type Lasting = "retryable" | "permanent";

/** Every reason, and whether trying again can help. */
export const deliveryFailures = {
  /** No whole answer in time. */
  timeout: "retryable",
  /** No connection, or one that broke. */
  connection: "retryable",
  /** No TLS with a certificate that is trusted; it may be renewed. */
  tls: "retryable",
  /** 429, or the channel's own word for it. */
  "rate-limited": "retryable",
  /** 5xx. */
  "server-error": "retryable",
  /** The receiver asks to come back later, as mail servers do that do not know the sender. */
  deferred: "retryable",
  /** A success that does not read like one of this receiver's. */
  "unexpected-answer": "retryable",
  /** A fault of ours. */
  internal: "retryable",
  /** The credentials are refused. */
  unauthorized: "permanent",
  /** No such channel, webhook, chat or recipient. */
  "not-found": "permanent",
  /** There was one, and it is closed for good. */
  gone: "permanent",
  /** The receiver understands the message and refuses it. */
  rejected: "permanent",
  "too-large": "permanent",
  /** Secrets are not sent on to where an answer points. */
  redirected: "permanent",
  /** The receiver offers no encryption, and it is required. */
  insecure: "permanent",
  /** A setting of the channel is missing or malformed. */
  misconfigured: "permanent",
} as const satisfies Record<string, Lasting>;

export type DeliveryFailure = keyof typeof deliveryFailures;

/** What became of one attempt to deliver a message. */
export type Delivered =
  | {
      readonly ok: true;
      /** By what the receiver knows the message; later ones of the incident join it. */
      readonly receipt: string | null;
      /** What did not go as it should have, for operators: some recipients were refused. */
      readonly note?: string;
    }
  | {
      readonly ok: false;
      readonly lasting: Lasting;
      readonly reason: DeliveryFailure;
      /** One line for operators: no secret, no URL that holds one. */
      readonly detail: string;
      /** How long the receiver asks us to wait, seconds; null: it did not say. */
      readonly retryAfterSeconds: number | null;
    };

/** A failed attempt; whether it can be repeated follows from the reason. */
export function failedDelivery(
  reason: DeliveryFailure,
  detail: string,
  retryAfterSeconds: number | null = null,
): Extract<Delivered, { ok: false }> {
  return { ok: false, lasting: deliveryFailures[reason], reason, detail, retryAfterSeconds };
}
