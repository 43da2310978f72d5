/** What nodemailer throws, in our words. */
import { z } from "zod";
import {
  type Delivered,
  type DeliveryFailure,
  failedDelivery,
} from "../../../shared/domain/alerting/delivery-failure.ts";
import { oneLine } from "./render/text.ts";

const errorSchema = z.object({
  message: z.string().default(""),
  code: z.string().optional(),
  /** The server's number, for example 550. */
  responseCode: z.number().optional(),
  /** The server's words. */
  response: z.string().optional(),
  /** What we had asked. */
  command: z.string().optional(),
});

type SmtpError = z.infer<typeof errorSchema>;

/** How far the connection had come; nodemailer calls a failed handshake an error of the socket. */
export type SmtpStage = "connecting" | "securing" | "talking";

/** A failed delivery for what was thrown; the server's own words are in its detail. */
export function smtpFailure(thrown: unknown, host: string, stage: SmtpStage): Delivered {
  const error = errorSchema.safeParse(describable(thrown)).data ?? { message: "" };
  const reason = reasonOf(error, stage);
  return failedDelivery(reason, `${detailOf(reason, error, host)}${wordsOf(error)}`);
}

/** Whether the server may take a recipient later, for example because it does not know us yet. */
export function isDeferred(thrown: unknown): boolean {
  const { responseCode = 0 } = errorSchema.safeParse(describable(thrown)).data ?? {};
  return responseCode >= 400 && responseCode < 500;
}

/** An error's own properties, and its message, which is none of them. */
function describable(thrown: unknown): unknown {
  return thrown instanceof Error ? { ...thrown, message: thrown.message } : thrown;
}

function reasonOf(error: SmtpError, stage: SmtpStage): DeliveryFailure {
  const { code, responseCode = 0, command = "" } = error;
  if (code === "ETIMEDOUT") return "timeout";
  if (responseCode >= 400 && responseCode < 500) return "deferred";
  if (code === "ETLS") return responseCode >= 500 ? "insecure" : "tls";
  if (code === "EAUTH" || responseCode === 530) return "unauthorized";
  if (responseCode === 552 || /size larger/i.test(error.message)) return "too-large";
  if (responseCode >= 500) {
    const isRecipient = command === "RCPT TO" && [550, 551, 553].includes(responseCode);
    return isRecipient ? "not-found" : "rejected";
  }
  if (["ECONNECTION", "ESOCKET", "EDNS", "ECONNREFUSED", "ECONNRESET"].includes(code ?? "")) {
    return stage === "securing" ? "tls" : "connection";
  }
  if (code === "EPROTOCOL") return "unexpected-answer";
  return stage === "connecting" ? "connection" : "internal";
}

const details: Readonly<Partial<Record<DeliveryFailure, string>>> = {
  timeout: "no answer in time from",
  deferred: "asked to come back later by",
  tls: "no TLS, or a certificate that is not trusted, with",
  insecure: "no encryption is offered by",
  unauthorized: "the credentials are refused by",
  "too-large": "the mail is too large for",
  "not-found": "the recipient is refused by",
  rejected: "the mail is refused by",
  connection: "no connection, or it broke, with",
};

function detailOf(reason: DeliveryFailure, { message }: SmtpError, host: string): string {
  const what = details[reason];
  return what === undefined ? oneLine(message, 200) : `${what} ${host}`;
}

function wordsOf({ response }: SmtpError): string {
  return response ? `: ${oneLine(response, 4_000)}` : "";
}
