import { describe, expect, inject, it } from "vitest";
import type { Message } from "../../../shared/domain/alerting/message.ts";
import type { DeliveryContext } from "./notifier.ts";
import { type Channel, deliver } from "./registry.ts";
import {
  contextOf,
  mailbox,
  messageOf,
  now,
  receivers,
  resolvedOf,
  type SmtpReceiverName,
} from "./testing/receiving.ts";

const password = "planted-smtp-password";
const secrets = { SMTP_USER: "monitoring@netpost.example", SMTP_PASS: password };
const login = { user: "{{secret.SMTP_USER}}", password: "{{secret.SMTP_PASS}}" };

function channelAt(server: SmtpReceiverName, others: object = {}): Channel {
  return {
    type: "email",
    host: "localhost",
    port: receivers.smtpPorts[server],
    from: "monitoring@netpost.example",
    recipients: ["ops@netpost.example"],
    ...others,
  };
}

function send(channel: Channel, message = messageOf(), others: Partial<DeliveryContext> = {}) {
  return deliver(message, channel, contextOf(secrets, others));
}

/** The newest mail that a server took, its headers unfolded. */
async function newest(server: SmtpReceiverName) {
  const { mails } = await mailbox(server);
  const mail = mails.at(-1);
  if (!mail) throw new Error("no mail came");
  const [head = ""] = mail.raw.split("\r\n\r\n");
  const lines = head.replaceAll(/\r\n[\t ]+/g, " ").split("\r\n");
  const header = (name: string) =>
    lines
      .filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}: `))
      .map((line) => line.slice(name.length + 2));
  return { ...mail, lines, header };
}

describe("a mail", () => {
  it("goes out encrypted after STARTTLS, with a login", async () => {
    const delivered = await send(channelAt("starttls", login));
    expect(delivered).toEqual({ ok: true, receipt: expect.stringMatching(/@netpost\.example$/) });
    expect(await newest("starttls")).toMatchObject({
      secure: true,
      user: secrets.SMTP_USER,
      from: "monitoring@netpost.example",
      to: ["ops@netpost.example"],
    });
  });

  it("goes out over TLS from the first byte", async () => {
    const delivered = await send(channelAt("implicit", { ...login, security: "tls" }));
    expect(delivered).toMatchObject({ ok: true });
    expect(await newest("implicit")).toMatchObject({ secure: true, user: secrets.SMTP_USER });
  });

  it("goes out in clear only where a setting says so, and then without a login", async () => {
    expect(await send(channelAt("plain", { security: "none" }))).toMatchObject({ ok: true });
    expect(await newest("plain")).toMatchObject({ secure: false, user: null });
    expect(await send(channelAt("plain", { ...login, security: "none" }))).toMatchObject({
      reason: "misconfigured",
    });
  });

  it("says what, since when, where, why, how bad and where to act, as text and as HTML", async () => {
    await send(channelAt("implicit", { ...login, security: "tls" }));
    const { raw } = await newest("implicit");
    const text = raw.replaceAll("=\r\n", "").replaceAll("=3D", "=");
    expect(text).toContain("Content-Type: multipart/alternative");
    for (const said of [
      "P2 critical: List of orders is down",
      "2026-11-23 18:45:00 UTC (12 min 5 s)",
      "down in us-east (IAD), us-west; up in eu-west (AMS)",
      "actual 503, threshold 2xx",
      "25.3 % used, burning 14.4 times",
      "https://monitoring.netpost.example/incidents/12",
    ]) {
      expect(text.split(said).length, said).toBeGreaterThanOrEqual(3);
    }
  });

  it("says that a machine wrote it, of which list, and how urgent it is", async () => {
    const unsubscribe = "mailto:ops@netpost.example?subject=alerts";
    await send(channelAt("starttls", { ...login, unsubscribe }));
    const { header } = await newest("starttls");
    expect(header("Auto-Submitted")).toEqual(["auto-generated"]);
    expect(header("List-Id")).toEqual(['"NetPost monitoring" <monitoring.netpost.example>']);
    expect(header("List-Unsubscribe")).toEqual([`<${unsubscribe}>`]);
    expect(header("Importance")).toEqual(["High"]);
    expect(header("Date")).toEqual([new Date(now * 1000).toUTCString().replace("GMT", "+0000")]);
  });

  it("makes one conversation of an incident, and of a mail sent twice one mail", async () => {
    const channel = channelAt("starttls", login);
    const first = await send(channel);
    const original = await newest("starttls");
    expect(await send(channel)).toEqual(first);
    const again = await newest("starttls");
    const thread = first.ok ? first.receipt : null;
    expect(await send(channel, resolvedOf({ idempotencyKey: "end" }), { thread })).toEqual(first);
    const end = await newest("starttls");

    const [id = ""] = original.header("Message-ID");
    expect(id).toBe(`<${thread}>`);
    expect(again.header("Message-ID")).toEqual([id]);
    expect(end.header("Message-ID")).not.toEqual([id]);
    expect(end.header("In-Reply-To")).toEqual([id]);
    expect(end.header("References")).toEqual([`${original.header("References")[0]} ${id}`]);
    expect(original.header("Subject")).toEqual(["[NetPost] #12 List of orders is down"]);
    expect(end.header("Subject")).toEqual(["Re: [NetPost] #12 List of orders is down"]);
    expect(end.raw).toContain("Resolved, P2 critical: List of orders is down");
  });

  const attacks = [
    "Orders\r\nBcc: evil@attacker.example\r\n\r\n<script>alert(1)</script>",
    "Orders\nBcc: evil@attacker.example",
    "Orders\rBcc: evil@attacker.example",
    "Orders\u2028Bcc: evil@attacker.example",
    "=?utf-8?q?Orders=0D=0ABcc:_evil@attacker.example?=",
    '"><img src=x onerror=alert(1)>',
  ];
  it.each(attacks)("takes no headers and no markup from %j", async (attack) => {
    const hostile: Message = messageOf(
      {
        idempotencyKey: attack,
        note: attack,
        labels: { [attack]: attack },
        monitors: messageOf().monitors.map((monitor) => ({
          ...monitor,
          name: attack,
          group: attack,
          detail: attack,
          reason: attack,
        })),
      },
      { title: attack, dedupKey: attack },
    );
    expect(await send(channelAt("starttls", login), hostile)).toMatchObject({ ok: true });
    const { header, lines, to, raw } = await newest("starttls");
    expect(to).toEqual(["ops@netpost.example"]);
    expect(header("Bcc")).toEqual([]);
    expect(header("Subject")).toHaveLength(1);
    expect(lines.every((line) => /^[A-Za-z-]+: /.test(line))).toBe(true);
    const html = raw.slice(raw.indexOf("Content-Type: text/html"));
    expect(html).not.toMatch(/<script|<img/i);
  });

  it.each([
    "ops@netpost.example\r\nRCPT TO:<evil@attacker.example>",
    "Ops <ops@netpost.example>",
    "ops@netpost.example, evil@attacker.example",
    "ops@netpost.example> SIZE=1",
    "ops",
  ])("is sent to no address like %j", async (recipient) => {
    const { mails } = await mailbox("starttls");
    const delivered = await send(channelAt("starttls", { ...login, recipients: [recipient] }));
    expect(delivered).toMatchObject({ reason: "misconfigured" });
    expect((await mailbox("starttls")).mails).toHaveLength(mails.length);
  });
});

describe("without encryption that can be trusted, nothing is said", () => {
  const liars = [
    { server: "fishing", reason: "insecure", lasting: "permanent" },
    { server: "withdrawingTls", reason: "insecure", lasting: "permanent" },
    { server: "lyingAboutTls", reason: "tls", lasting: "retryable" },
  ] as const;
  it.each(liars)("to a server that is $server", async ({ server, ...expected }) => {
    const delivered = await send(channelAt(server, login));
    expect(delivered).toMatchObject({ ok: false, ...expected });
    const { plain } = await mailbox(server);
    expect(plain.join("\n")).not.toMatch(/AUTH|MAIL|RCPT|DATA|planted/);
    expect(plain.length).toBeGreaterThan(0);
  });

  it("to a server that does not offer it", async () => {
    const { mails, logins } = await mailbox("plain");
    expect(await send(channelAt("plain", login))).toMatchObject({ reason: "insecure" });
    expect(await mailbox("plain")).toMatchObject({ logins, mails });
  });

  const untrusted = [
    { server: "untrusted", security: "starttls" },
    { server: "untrustedImplicit", security: "tls" },
    { server: "otherName", security: "starttls" },
    { server: "otherNameImplicit", security: "tls" },
  ] as const;
  it.each(untrusted)("to one with a wrong certificate: $server", async (one) => {
    const delivered = await send(channelAt(one.server, { ...login, security: one.security }));
    expect(delivered).toMatchObject({ ok: false, lasting: "retryable", reason: "tls" });
    expect(await mailbox(one.server)).toMatchObject({ mails: [], logins: 0 });
  });
});

describe("a mail that is not taken", () => {
  it("is not tried again where the login is refused, and the login is not told", async () => {
    const context = {
      secrets: new Map([...Object.entries(secrets), ["SMTP_PASS", "wrong-planted"]]),
    };
    const channel = channelAt("starttls", login);
    const delivered = await deliver(messageOf(), channel, contextOf({}, context));
    expect(delivered).toMatchObject({ lasting: "permanent", reason: "unauthorized" });
    expect(JSON.stringify(delivered)).not.toMatch(/wrong-planted|monitoring@/);
  });

  it("is not tried again where no recipient exists", async () => {
    const delivered = await send(channelAt("refusing", { recipients: ["nobody@netpost.example"] }));
    expect(delivered).toMatchObject({
      lasting: "permanent",
      reason: "not-found",
      detail: expect.stringContaining("no such user"),
    });
  });

  it("is delivered, with a note, where some recipients do not exist", async () => {
    const recipients = ["nobody@netpost.example", "ops@netpost.example"];
    expect(await send(channelAt("refusing", { recipients }))).toMatchObject({
      ok: true,
      note: "localhost took 1 of 2 recipients and refused the others",
    });
  });

  it("is not tried again where the sender is refused", async () => {
    const delivered = await send(channelAt("refusingSender"));
    expect(delivered).toMatchObject({ lasting: "permanent", reason: "rejected" });
  });

  it("is not tried again where it is too large", async () => {
    const delivered = await send(channelAt("tooSmall"));
    expect(delivered).toMatchObject({ lasting: "permanent", reason: "too-large" });
  });

  it("is sent again where the server does not know us yet, and then taken", async () => {
    const channel = channelAt("greylisting", { recipients: ["new@netpost.example"] });
    expect(await send(channel)).toMatchObject({
      lasting: "retryable",
      reason: "deferred",
      detail: expect.stringContaining("come back later"),
    });
    expect(await send(channel)).toMatchObject({ ok: true });
  });

  it("is sent again as a whole where some recipients are put off", async () => {
    const recipients = ["known@netpost.example", "other@netpost.example"];
    const channel = channelAt("greylisting", { recipients });
    expect(await send(channel)).toMatchObject({ lasting: "retryable", reason: "deferred" });
    expect(await send(channel)).toMatchObject({ ok: true });
    const [one, two] = (await mailbox("greylisting")).mails.slice(-2);
    const idOf = (raw = "") => /^Message-ID: .*$/im.exec(raw)?.[0];
    expect(idOf(one?.raw)).toBe(idOf(two?.raw));
  });

  it("is sent again where the server shuts down", async () => {
    const delivered = await send(channelAt("hangingUp"));
    expect(delivered).toMatchObject({ lasting: "retryable", reason: "deferred" });
  });

  it("is given up in time where the server says nothing", async () => {
    const startedAt = Date.now();
    const delivered = await send(channelAt("slow"), messageOf(), { timeoutMs: 400 });
    expect(delivered).toMatchObject({ lasting: "retryable", reason: "timeout" });
    expect(Date.now() - startedAt).toBeLessThan(400 + 1_000);
  });

  it("is sent again where nobody listens", async () => {
    const channel = { ...channelAt("slow"), port: inject("broken").ports.closed };
    expect(await send(channel)).toMatchObject({ lasting: "retryable", reason: "connection" });
  });

  it("is sent again where the name does not resolve", async () => {
    const channel = { ...channelAt("slow"), host: "no-such-name.invalid" };
    const delivered = await send(channel, messageOf(), { timeoutMs: 3_000 });
    expect(delivered).toMatchObject({ ok: false, lasting: "retryable" });
  });
});
