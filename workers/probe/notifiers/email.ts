import { connect, isIP, type Socket } from "node:net";
import { connect as connectSecure } from "node:tls";
import { createTransport, type SentMessageInfo } from "nodemailer";
import type SMTPTransport from "nodemailer/lib/smtp-transport";
import { z } from "zod";
import { settings } from "../../../shared/config/settings.ts";
import {
  type Delivered,
  failedDelivery,
} from "../../../shared/domain/alerting/delivery-failure.ts";
import type { Message } from "../../../shared/domain/alerting/message.ts";
import { emailParts, isAddress, messageId } from "./email-parts.ts";
import type { Notifier, NotifierContext } from "./notifier.ts";
import { secretReference, secretValue } from "./secret.ts";
import { isDeferred, type SmtpStage, smtpFailure } from "./smtp-failure.ts";

/** `starttls`: encrypted after a greeting, or not at all; `tls`: from the first byte. */
export const smtpSecurities = ["starttls", "tls", "none"] as const;

const address = z.string().refine(isAddress, "one address, without a name");

const emailSettings = settings({
  host: z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/, "a host name or an address"),
  port: z.int().min(1).max(65_535),
  /** Unless said, `tls` on port 465 and `starttls` on all others. */
  security: z.enum(smtpSecurities).optional(),
  user: secretReference.optional(),
  password: secretReference.optional(),
  from: address,
  recipients: z.array(address).min(1).max(50),
  /** Where recipients can have themselves taken off: a mailto: or https: URL. */
  unsubscribe: z.url({ protocol: /^(?:https|mailto)$/ }).optional(),
})
  .refine(
    ({ user, password }) => (user === undefined) === (password === undefined),
    "user and password come together",
  )
  .refine(
    ({ security, user }) => security !== "none" || user === undefined,
    'with security "none" no password is sent: leave out user and password',
  );

type EmailSettings = z.infer<typeof emailSettings>;

/**
 * E-mail by SMTP. Mails of an incident are one conversation, and one that is sent twice has the same
 * Message-ID. Where some recipients are put off, the whole is: it is sent again rather than lost.
 */
export const email: Notifier<EmailSettings> = {
  kind: "email",
  settings: emailSettings,
  async send(message, channel, context) {
    const { host } = channel;
    const mail = await mailOf(message, channel, context);
    const sockets = new SocketKeeper(channel, context.signal);
    const transport = createTransport({
      ...optionsOf(channel, context),
      getSocket: sockets.open,
      logger: sockets.logger,
      // Without it no commands are told to the logger.
      debug: true,
    });
    try {
      const sent: SentMessageInfo = await transport.sendMail(mail);
      return outcomeOf(sent, host, context.thread ?? bare(mail.messageId));
    } catch (error) {
      return smtpFailure(error, host, sockets.stage);
    } finally {
      transport.close();
      sockets.close();
    }
  },
};

/** The connection: opened here, because nodemailer would resolve names in its own way. */
class SocketKeeper {
  readonly #settings: EmailSettings;
  #socket: Socket | undefined;
  #lastCommand = "";

  constructor(channel: EmailSettings, signal: AbortSignal) {
    this.#settings = channel;
    signal.addEventListener("abort", () => this.close());
  }

  /** What a failure of the connection is to be blamed on. */
  get stage(): SmtpStage {
    return /^STARTTLS/i.test(this.#lastCommand) ? "securing" : "talking";
  }

  /** Nodemailer's account of itself, of which nothing but our last command is kept. */
  readonly logger = loggerOf((command) => {
    this.#lastCommand = command;
  });

  readonly open = (
    _: SMTPTransport.Options,
    callback: (error: Error | null, options?: { connection: Socket; secured: boolean }) => void,
  ): void => {
    const { host, port } = this.#settings;
    const secured = securityOf(this.#settings) === "tls";
    const name = isIP(host) === 0 && { servername: host };
    const socket = secured ? connectSecure({ host, port, ...name }) : connect({ host, port });
    this.#socket = socket;
    const fail = (error: Error & { code?: string }) => {
      const isTls = secured && !["ECONNREFUSED", "ENOTFOUND"].includes(error.code ?? "");
      callback(Object.assign(error, { code: isTls ? "ETLS" : "ECONNECTION" }));
    };
    socket.once("error", fail);
    socket.once(secured ? "secureConnect" : "connect", () => {
      socket.removeListener("error", fail);
      hushUpgrade(socket);
      callback(null, { connection: socket, secured });
    });
  };

  close(): void {
    // What a closing socket has to complain about is of no interest.
    this.#socket?.on("error", () => {});
    this.#socket?.destroy();
  }
}

/**
 * Where a handshake after STARTTLS fails, the platform's node:tls closes the socket without looking
 * at how that ends, and the rejection would stay unhandled. The failure itself comes as an event.
 */
function hushUpgrade(socket: Socket): void {
  const handle = handleSchema.safeParse(socket);
  if (!handle.success) return;
  const inner = handle.data._handle.socket;
  const startTls = inner.startTls.bind(inner);
  inner.startTls = (options) => {
    const secured = startTls(options);
    const close = secured.close.bind(secured);
    secured.close = () => close().catch(() => {});
    return secured;
  };
}

interface PlatformSocket {
  startTls(options?: TlsOptions): { close(): Promise<void> };
}

const isPlatformSocket = (value: unknown): value is PlatformSocket =>
  typeof value === "object" && value !== null && "startTls" in value;

const handleSchema = z.object({
  _handle: z.object({ socket: z.custom<PlatformSocket>(isPlatformSocket) }),
});

function loggerOf(onCommand: (command: string) => void) {
  const ignore = () => {};
  const debug = (entry: unknown, command: unknown) => {
    const { tnx } = logEntry.safeParse(entry).data ?? {};
    if (tnx === "client" && typeof command === "string") onCommand(command);
  };
  return {
    level: ignore,
    trace: ignore,
    debug,
    info: ignore,
    warn: ignore,
    error: ignore,
    fatal: ignore,
  };
}

const logEntry = z.object({ tnx: z.string() });

function securityOf({ security, port }: EmailSettings): (typeof smtpSecurities)[number] {
  return security ?? (port === 465 ? "tls" : "starttls");
}

function optionsOf(channel: EmailSettings, { secrets, timeoutMs }: NotifierContext) {
  const { host, port, user, password, from } = channel;
  const security = securityOf(channel);
  return {
    host,
    port,
    name: domainOf(from),
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...(user !== undefined &&
      password !== undefined && {
        auth: { user: secretValue(user, secrets), pass: secretValue(password, secrets) },
      }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // A mail is made of what it is given, never of files or addresses in it.
    disableFileAccess: true,
    disableUrlAccess: true,
  } satisfies SMTPTransport.Options;
}

async function mailOf(
  message: Message,
  { from, recipients, unsubscribe }: EmailSettings,
  { thread }: NotifierContext,
) {
  const domain = domainOf(from);
  const root = await messageId("incident", message.incident.dedupKey, domain);
  const answers = thread !== null;
  return {
    ...emailParts(message, answers),
    from: { name: "NetPost monitoring", address: from },
    to: recipients.map((recipient) => ({ name: "", address: recipient })),
    date: new Date(message.at * 1000),
    messageId: `<${await messageId("message", message.idempotencyKey, domain)}>`,
    // By what all mails of an incident name they belong together, even where the first got lost.
    references: [`<${root}>`, ...(answers ? [`<${thread}>`] : [])],
    ...(answers && { inReplyTo: `<${thread}>` }),
    ...(message.incident.severity === "critical" && { priority: "high" as const }),
    list: {
      id: { url: `monitoring.${domain}`, comment: "NetPost monitoring" },
      ...(unsubscribe !== undefined && { unsubscribe: { url: unsubscribe } }),
    },
    headers: {
      "Auto-Submitted": "auto-generated",
      "X-Auto-Response-Suppress": "All",
    },
  };
}

function outcomeOf(
  { accepted = [], rejected = [], rejectedErrors = [] }: SentMessageInfo,
  host: string,
  receipt: string,
): Delivered {
  if (rejected.length === 0) return { ok: true, receipt };
  const count = `${accepted.length} of ${accepted.length + rejected.length} recipients`;
  if (rejectedErrors.some(isDeferred)) {
    return failedDelivery("deferred", `${host} took ${count}, and asks to come back for others`);
  }
  return { ok: true, receipt, note: `${host} took ${count} and refused the others` };
}

function domainOf(from: string): string {
  return from.slice(from.lastIndexOf("@") + 1);
}

function bare(id: string): string {
  return id.slice(1, -1);
}
