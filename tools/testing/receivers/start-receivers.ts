import { createServer } from "node:http";
import { Loopback } from "../protocols/loopback.ts";
import { HttpReceiver } from "./http-receiver.ts";
import type { SmtpReceiverName } from "./names.ts";
import { type SmtpReceiver, smtpReceivers } from "./smtp-receivers.ts";

/** Receivers of notifications on loopback. */
export interface Receivers {
  /** Boxes below it: `${url}/<box>/…`; `${url}/control/<box>` reads and sets them. */
  readonly url: string;
  readonly http: HttpReceiver;
  readonly smtp: Readonly<Record<SmtpReceiverName, SmtpReceiver>>;
  readonly smtpPorts: Record<SmtpReceiverName, number>;
  /** `GET /<name>` tells what a mail server took and heard. */
  readonly mailUrl: string;
  stop(): void;
}

/** Starts them all on free ports. */
export async function startReceivers(): Promise<Receivers> {
  const loopback = new Loopback();
  const http = new HttpReceiver();
  const smtp = smtpReceivers();
  const known = new Map<string, SmtpReceiver>(Object.entries(smtp));
  const mailbox = createServer((request, response) => {
    const { mails = [], plain = [], logins = 0 } = known.get((request.url ?? "").slice(1)) ?? {};
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ mails, plain, logins }));
  });
  return {
    url: `http://127.0.0.1:${await loopback.listen(http.server)}`,
    mailUrl: `http://127.0.0.1:${await loopback.listen(mailbox)}`,
    http,
    smtp,
    smtpPorts: await loopback.listenAll({
      starttls: smtp.starttls.server,
      implicit: smtp.implicit.server,
      untrusted: smtp.untrusted.server,
      untrustedImplicit: smtp.untrustedImplicit.server,
      otherName: smtp.otherName.server,
      otherNameImplicit: smtp.otherNameImplicit.server,
      plain: smtp.plain.server,
      refusing: smtp.refusing.server,
      refusingSender: smtp.refusingSender.server,
      greylisting: smtp.greylisting.server,
      tooSmall: smtp.tooSmall.server,
      slow: smtp.slow.server,
      hangingUp: smtp.hangingUp.server,
      lyingAboutTls: smtp.lyingAboutTls.server,
      withdrawingTls: smtp.withdrawingTls.server,
      fishing: smtp.fishing.server,
    }),
    stop: () => loopback.stop(),
  };
}
