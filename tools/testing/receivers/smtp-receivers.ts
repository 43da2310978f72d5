/** Mail servers, one for each way in which one may behave; all keep what they took. */
import { createServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { selfSigned } from "../self-signed.ts";
import { intermediate, leafKey, otherNameLeaf, trustedChain } from "../trusted-chain.ts";
import type { SmtpReceiverName } from "./names.ts";

/** A mail that was taken. */
export interface ReceivedMail {
  readonly secure: boolean;
  /** Null: nobody logged in. */
  readonly user: string | null;
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body as they came. */
  readonly raw: string;
}

/** What the servers take as user and password. */
export const smtpUser = "monitoring@netpost.example";
export const smtpPassword = "planted-smtp-password";

/** How a server of ours says no. */
function refusal(code: number, words: string): Error {
  return Object.assign(new Error(words), { responseCode: code });
}

/** A mail server, and what it took so far. */
export interface SmtpReceiver {
  readonly server: Server;
  readonly mails: ReceivedMail[];
  /** What clients said before TLS, for what must not be said there. */
  readonly plain: string[];
  /** How often a login was tried. */
  logins: number;
}

/** Makes them all; none listens yet. */
export function smtpReceivers(): Record<SmtpReceiverName, SmtpReceiver> {
  const greylisted = new Set<string>();
  return {
    starttls: receiver({ authOptional: false }),
    implicit: receiver({ authOptional: false, secure: true }),
    untrusted: receiver({ ...selfSigned }),
    untrustedImplicit: receiver({ ...selfSigned, secure: true }),
    // Of an authority that is trusted, for another name.
    otherName: receiver({ cert: otherNameLeaf + intermediate, key: leafKey }),
    otherNameImplicit: receiver({
      cert: otherNameLeaf + intermediate,
      key: leafKey,
      secure: true,
    }),
    // Offers no encryption at all.
    plain: receiver({ disabledCommands: ["STARTTLS"], allowInsecureAuth: true }),
    refusing: receiver({
      onRcptTo: (address, _, done) =>
        address.address.startsWith("nobody")
          ? done(refusal(550, "5.1.1 no such user planted-smtp-password"))
          : done(),
    }),
    refusingSender: receiver({
      onMailFrom: (_, __, done) => done(refusal(554, "5.7.1 not from you")),
    }),
    greylisting: receiver({
      onRcptTo: ({ address }, _, done) => {
        if (greylisted.has(address) || address.startsWith("known")) return done();
        greylisted.add(address);
        done(refusal(450, "4.2.0 greylisted, come back later"));
      },
    }),
    tooSmall: receiver({ size: 1_000 }),
    // A connection and nothing else.
    slow: raw(() => {}),
    hangingUp: raw((socket) => socket.end("421 4.3.2 shutting down\r\n")),
    // Says that it can TLS, agrees, and then talks on in clear.
    lyingAboutTls: raw((socket, said) => {
      socket.write("220 liar.example ESMTP\r\n");
      talk(socket, said, (line) => {
        if (/^EHLO/i.test(line))
          return "250-liar.example\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n";
        if (/^STARTTLS/i.test(line)) return "220 go ahead\r\n250 and now tell me all\r\n";
        return "250 ok\r\n";
      });
    }),
    // Says that it can TLS, and cannot.
    withdrawingTls: raw((socket, said) => {
      socket.write("220 liar.example ESMTP\r\n");
      talk(socket, said, (line) => {
        if (/^EHLO/i.test(line))
          return "250-liar.example\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n";
        return /^STARTTLS/i.test(line) ? "502 5.5.1 not implemented\r\n" : "250 ok\r\n";
      });
    }),
    // No encryption, but it would take a password all the same.
    fishing: raw((socket, said) => {
      socket.write("220 liar.example ESMTP\r\n");
      talk(socket, said, (line) => {
        if (/^EHLO/i.test(line)) return "250-liar.example\r\n250 AUTH PLAIN LOGIN\r\n";
        return /^STARTTLS/i.test(line) ? "500 5.5.1 what?\r\n" : "235 2.7.0 welcome\r\n";
      });
    }),
  };
}

function receiver(options: SMTPServerOptions): SmtpReceiver {
  const mails: ReceivedMail[] = [];
  const kept = { mails, plain: [], logins: 0 };
  const server = new SMTPServer({
    ...trustedChain,
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    onAuth: ({ username, password }, _, done) => {
      kept.logins += 1;
      if (username === smtpUser && password === smtpPassword) return done(null, { user: username });
      done(refusal(535, `5.7.8 no such pair: ${username} ${password}`));
    },
    onData: (stream, { envelope, secure, user }, done) => {
      text(stream).then((mail) => {
        if (stream.sizeExceeded) return done(refusal(552, "5.3.4 too large"));
        const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
        const to = envelope.rcptTo.map(({ address }) => address);
        mails.push({ secure, user: user || null, from, to, raw: mail });
        done(null, "2.0.0 taken");
      }, done);
    },
    ...options,
  });
  // Broken handshakes are what tests are about.
  server.on("error", () => {});
  return Object.assign(kept, { server: server.server });
}

function raw(serve: (socket: Socket, said: string[]) => void): SmtpReceiver {
  const plain: string[] = [];
  return { mails: [], plain, logins: 0, server: createServer((socket) => serve(socket, plain)) };
}

function talk(socket: Socket, said: string[], answer: (line: string) => string): void {
  socket.on("data", (data) => {
    for (const line of data.toString("latin1").split("\r\n").filter(Boolean)) {
      said.push(line);
      socket.write(answer(line));
    }
  });
}
