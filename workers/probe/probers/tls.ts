import { X509Certificate } from "node:crypto";
import { isIP, type Socket } from "node:net";
import type { TlsCondition, TlsProbe } from "../../../shared/domain/probes/tls.ts";
import { type Finding, failed, findLatency, judgeFindings, privateTarget } from "./findings.ts";
import type { Attempt, ProberContext } from "./prober.ts";
import { isAtCloudflare, overSocket, SocketError } from "./socket.ts";
import { MalformedError } from "./tls-handshake/bytes.ts";
import {
  HandshakeError,
  readCertificate,
  type ShownCertificate,
} from "./tls-handshake/read-certificate.ts";

const dayMs = 86_400_000;

/** Reads once the certificate that the server shows, and judges it. */
export async function probeTls(probe: TlsProbe, context: ProberContext): Promise<Attempt> {
  const { clock, timeoutMs, trace } = context;
  const refused = privateTarget(probe.host, context);
  if (refused !== null) return refused;
  const startedAt = clock.now();
  const elapsedMs = () => Math.max(0, clock.now() - startedAt);
  const serverName = isIP(probe.serverName) === 0 ? probe.serverName : null;
  const silent = { reason: "tls", detail: "connected, but no certificate" } as const;
  let shown: ShownCertificate;
  try {
    shown = await overSocket({ ...probe, tls: false }, timeoutMs, silent, (socket) =>
      readCertificate(
        { chunks: bytesOf(socket), send: (bytes) => socket.write(bytes) },
        serverName,
      ),
    );
  } catch (error) {
    if (error instanceof HandshakeError) return failed("tls", `the server ${error.message}`);
    if (error instanceof MalformedError) {
      return failed("protocol", `the handshake is malformed: ${error.message}`);
    }
    if (!(error instanceof SocketError)) throw error;
    const leftMs = timeoutMs - elapsedMs();
    if (!error.wasOpen && (await isAtCloudflare(probe.host, context, leftMs))) {
      return probeManaged(probe, context, timeoutMs - elapsedMs());
    }
    return failed(error.reason, error.message);
  }
  const latencyMs = elapsedMs();
  const certificate = parse(shown.certificate);
  if (certificate === null) return failed("protocol", "the certificate cannot be read");
  const daysLeft = (Date.parse(certificate.validTo) - clock.now()) / dayMs;
  const seen = { certificate, daysLeft, latencyMs, version: shown.version, now: clock.now() };
  const find = (condition: TlsCondition) => findOne(condition, probe.serverName, seen);
  return {
    outcome: judgeFindings(probe.conditions, find, trace),
    latencyMs,
    httpStatus: null,
    metrics: { certificateDaysLeft: Math.floor(daysLeft) },
  };
}

async function* bytesOf(socket: Socket): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of socket) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError("a socket gave no bytes");
    yield chunk;
  }
}

function parse(der: Uint8Array): X509Certificate | null {
  try {
    const certificate = new X509Certificate(der);
    const dates = [certificate.validFrom, certificate.validTo].map((text) => Date.parse(text));
    return dates.some(Number.isNaN) ? null : certificate;
  } catch {
    return null;
  }
}

interface Seen extends Pick<ShownCertificate, "version"> {
  readonly certificate: X509Certificate;
  readonly daysLeft: number;
  readonly latencyMs: number;
  /** Epoch ms. */
  readonly now: number;
}

function findOne(condition: TlsCondition, serverName: string, seen: Seen): Finding {
  const { certificate, version } = seen;
  switch (condition.kind) {
    case "days-left":
      return findValidity(condition.least, seen);
    case "name": {
      // As browsers do, without falling back to the common name (RFC 9525, 2).
      const named =
        isIP(serverName) === 0
          ? certificate.checkHost(serverName, { subject: "never" })
          : certificate.checkIP(serverName);
      const names = shorten(certificate.subjectAltName ?? "no name");
      return {
        held: named !== undefined,
        actual: `the certificate is for ${names}, not ${serverName}`,
        reason: "certificate",
      };
    }
    case "issued":
      return {
        held: !certificate.checkIssued(certificate),
        actual: `the certificate is signed by ${nameOf(certificate.issuer)}`,
        reason: "certificate",
      };
    case "issuer":
      return {
        held: nameOf(certificate.issuer).includes(condition.contains),
        actual: `the certificate is signed by ${nameOf(certificate.issuer)}`,
        reason: "certificate",
      };
    case "version":
      return {
        held: version >= condition.least,
        actual: `TLS ${version} is spoken`,
        reason: "tls",
      };
    case "latency":
      return findLatency(condition, seen.latencyMs);
  }
}

function findValidity(least: number, { certificate, daysLeft, now }: Seen): Finding {
  const reason = "certificate";
  const from = Date.parse(certificate.validFrom);
  if (from > now) {
    const actual = `the certificate is not valid before ${new Date(from).toISOString()}`;
    return { held: false, actual, reason };
  }
  const until = new Date(Date.parse(certificate.validTo)).toISOString();
  if (daysLeft < 0) {
    return { held: false, actual: `the certificate expired on ${until}`, reason };
  }
  const left = Math.floor(daysLeft);
  const actual = `the certificate is valid for ${left} more ${left === 1 ? "day" : "days"} (until ${until})`;
  return { held: daysLeft >= least, actual, reason };
}

/** A distinguished name in one line; the platform writes an attribute a line. */
function nameOf(distinguished: string): string {
  return shorten(distinguished.split("\n").join(", "));
}

function shorten(text: string): string {
  return text.length <= 160 ? text : `${text.slice(0, 160)}…`;
}

/**
 * A host at Cloudflare: its certificate cannot be read from a Worker, and Cloudflare renews it. What
 * can be seen is whether HTTPS is answered under the name; `certificateManaged` stands in place of
 * the days.
 */
async function probeManaged(
  { serverName, port, conditions }: TlsProbe,
  { clock, userAgent, trace }: ProberContext,
  timeoutMs: number,
): Promise<Attempt> {
  trace?.({ kind: "note", text: "at Cloudflare: the certificate is managed, and cannot be read" });
  const startedAt = clock.now();
  try {
    const response = await fetch(`https://${serverName}:${port}/`, {
      method: "HEAD",
      headers: { "User-Agent": userAgent },
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(Math.max(1, timeoutMs)),
    });
    await response.body?.cancel();
  } catch {
    return failed("tls", "at Cloudflare, and HTTPS is not answered");
  }
  const latencyMs = Math.max(0, clock.now() - startedAt);
  const outcome = judgeFindings(
    conditions.filter((condition) => condition.kind === "latency"),
    (condition) => findLatency(condition, latencyMs),
    trace,
  );
  return { outcome, latencyMs, httpStatus: null, metrics: { certificateManaged: 1 } };
}
