import type { Clock } from "../../../shared/clock.ts";
import type { FailureReason } from "../../../shared/domain/reason.ts";
import { isCloudflares } from "./cloudflare-ranges.ts";
import { lookUp } from "./look-up.ts";
import { tryAnswer } from "./try-answer.ts";
import { tryConnect, tryHandshake } from "./try-connection.ts";

/** What a diagnosis takes from outside. */
export interface DiagnosisContext {
  readonly clock: Clock;
  /** DNS over HTTPS, `application/dns-json`. */
  readonly resolverUrl: string;
  /** For all of it, ms. */
  readonly timeoutMs: number;
}

/** What was found; the reason is the one given where nothing better was. */
export interface Diagnosis {
  readonly reason: FailureReason;
  /** In the order in which it was found out, each fit to stand in a result's detail. */
  readonly findings: readonly string[];
}

/** No step is begun with less, ms: what it did not get done would be blamed on the target. */
export const leastStepMs = 500;
/** For the look-up, ms; what is left is for the connection. */
const longestLookUpMs = 900;

/** One step's finding, and the reason that it is evidence for; null for none. */
interface Finding {
  readonly found: string;
  readonly reason: FailureReason | null;
}

/**
 * Finds out why a fetch got no answer: a look-up, a TCP connect, for https a TLS handshake, and a look
 * at what comes back. One after the other, because a probe has one of the platform's six
 * connections.
 *
 * The reason is changed only upon evidence against the target; where our resolver or the platform
 * fails, it stays. It never throws and takes no longer than it may.
 *
 * @param url what was fetched
 * @param reason what the fetch failed of
 */
export async function diagnose(
  url: string,
  reason: FailureReason,
  { clock, resolverUrl, timeoutMs }: DiagnosisContext,
): Promise<Diagnosis> {
  const target = parseTarget(url);
  if (target === null) return { reason, findings: [] };
  const endsAt = clock.now() + timeoutMs;
  const leftMs = () => endsAt - clock.now();
  const findings: string[] = [];
  const note = (finding: Finding): FailureReason | null => {
    findings.push(finding.found);
    return finding.reason;
  };

  let evidence: FailureReason | null = null;
  if (target.name !== null && leftMs() >= leastStepMs) {
    const name = await examineName(target.name, resolverUrl, Math.min(longestLookUpMs, leftMs()));
    evidence = note(name);
    if (name.closed) return { reason, findings };
  }
  if (leftMs() >= leastStepMs) {
    const port = await examinePort(target, leftMs());
    if (port.outcome === "open" || port.outcome === "refused") {
      // The name resolved after all: one that is private to where we are.
      evidence = note(port);
    } else if (evidence === null) {
      evidence = note(port);
    }
    if (port.outcome === "open" && target.secure && leftMs() >= leastStepMs) {
      evidence = note(await examineTls(target, leftMs(), clock));
    }
    const mayAnswer = port.outcome === "open" && evidence === null && /^https?:/i.test(url);
    if (mayAnswer && reason === "connection" && leftMs() >= leastStepMs) {
      const wrong = await tryAnswer(new URL(url), leftMs(), clock);
      if (wrong !== null) {
        evidence = note({ found: `an answer comes, but ${wrong}`, reason: "protocol" });
      }
    }
  }
  return { reason: evidence ?? reason, findings };
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** What can be looked up; null for an address or this machine. */
  readonly name: string | null;
}

function parseTarget(url: string): Target | null {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname, port } = new URL(url);
  const secure = protocol === "https:" || protocol === "wss:";
  const isAddress = hostname.startsWith("[") || /^\d+(?:\.\d+){3}$/.test(hostname);
  const isLocal = hostname === "localhost" || hostname.endsWith(".localhost");
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (secure ? 443 : 80) : Number(port),
    secure,
    name: isAddress || isLocal ? null : hostname,
  };
}

/** `closed` where no connection of ours can say more. */
async function examineName(
  name: string,
  resolverUrl: string,
  timeoutMs: number,
): Promise<Finding & { readonly closed: boolean }> {
  const answer = await lookUp(name, resolverUrl, timeoutMs);
  switch (answer.kind) {
    case "none":
      return { found: answer.why, reason: "dns", closed: false };
    case "no-answer":
      return { found: `our resolver: ${answer.why}`, reason: null, closed: false };
    case "addresses":
      return answer.addresses.some(isCloudflares)
        ? { found: "behind Cloudflare, where we can try no connection", reason: null, closed: true }
        : { found: "the name resolves", reason: null, closed: false };
  }
}

async function examinePort({ host, port }: Target, timeoutMs: number) {
  const outcome = await tryConnect(host, port, timeoutMs);
  switch (outcome) {
    case "open":
      return { outcome, found: `port ${port} accepts connections`, reason: null };
    case "refused":
      return {
        outcome,
        found: `port ${port} refuses connections`,
        reason: "connect-refused",
      } as const;
    case "timeout":
      return {
        outcome,
        found: `port ${port} accepts no connection within ${timeoutMs} ms`,
        reason: "connect-timeout",
      } as const;
    case "failed":
      return { outcome, found: `no connection to port ${port} could be made`, reason: null };
  }
}

async function examineTls(target: Target, timeoutMs: number, clock: Clock): Promise<Finding> {
  switch (await tryHandshake(target.host, target.port, timeoutMs, clock)) {
    case "done":
      return { found: "the TLS handshake succeeds", reason: null };
    case "failed":
      return { found: "the TLS handshake fails", reason: "tls" };
    case "timeout":
      // The server may hang as a whole: too little to blame TLS.
      return { found: `no TLS handshake within ${timeoutMs} ms`, reason: null };
    case "not-connected":
      return { found: "a second connection could not be made", reason: null };
  }
}
