import { z } from "zod";
import {
  type DnsCondition,
  type DnsProbe,
  recordTypes,
} from "../../../shared/domain/probes/dns.ts";
import {
  type Finding,
  failed,
  findLatency,
  judgeFindings,
  prevented,
  privateUrl,
} from "./findings.ts";
import type { Attempt, ProberContext } from "./prober.ts";
import { readBody } from "./read-body.ts";

/** No answer is read further than this, bytes; one over DNS has at most 65,535. */
const longestAnswer = 262_144;

/** The JSON form of an answer that Cloudflare's and Google's resolvers share. */
const answerSchema = z.object({
  Status: z.int(),
  Answer: z.array(z.object({ type: z.int(), data: z.string() })).default([]),
});

/** RFC 1035, 4.1.1. */
const codes = { noError: 0, serverFailure: 2, noSuchName: 3 } as const;

/**
 * Asks the resolver once. A resolver that does not answer, or refuses to, is our own fault; one that
 * says that the name's servers fail, or that there is no such name, speaks of the target.
 */
export async function probeDns(probe: DnsProbe, context: ProberContext): Promise<Attempt> {
  const { clock, trace } = context;
  const refused = privateUrl(probe.resolver, context);
  if (refused !== null) return refused;
  const startedAt = clock.now();
  const asked = await ask(probe, context);
  const latencyMs = Math.max(0, clock.now() - startedAt);
  if (!asked.ok) return prevented("resolver-failed", `the resolver ${asked.why}`);
  const { Status, Answer } = asked.answer;
  if (Status === codes.serverFailure) {
    return failed(
      "dns",
      "the name's servers fail, or their answer is not validly signed (SERVFAIL)",
    );
  }
  if (Status === codes.noSuchName) return failed("dns-record", "there is no such name (NXDOMAIN)");
  if (Status !== codes.noError) {
    return prevented("resolver-failed", `the resolver answers with code ${Status}`);
  }
  const records = Answer.filter(({ type }) => type === recordTypes[probe.recordType])
    .map(({ data }) => canonical(probe, data))
    .sort();
  trace?.({ kind: "note", text: `records: ${shorten(records)}` });
  const find = (condition: DnsCondition) => findOne(condition, probe, records, latencyMs);
  return { outcome: judgeFindings(probe.conditions, find, trace), latencyMs, httpStatus: null };
}

type Asked =
  | { readonly ok: true; readonly answer: z.infer<typeof answerSchema> }
  | { readonly ok: false; readonly why: string };

async function ask(
  { name, recordType, resolver }: DnsProbe,
  { timeoutMs, userAgent }: ProberContext,
): Promise<Asked> {
  const url = new URL(resolver);
  url.searchParams.set("name", name);
  url.searchParams.set("type", recordType);
  try {
    const response = await fetch(url, {
      headers: { Accept: "application/dns-json", "User-Agent": userAgent },
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { text, truncated } = await readBody(response, response.status === 200, longestAnswer);
    if (response.status !== 200)
      return { ok: false, why: `answers with status ${response.status}` };
    const answer = truncated ? null : parse(text);
    return answer === null
      ? { ok: false, why: "does not answer in DNS JSON" }
      : { ok: true, answer };
  } catch (error) {
    const timedOut = error instanceof Error && error.name === "TimeoutError";
    return {
      ok: false,
      why: timedOut ? `does not answer within ${timeoutMs} ms` : "does not answer",
    };
  }
}

function parse(text: string): z.infer<typeof answerSchema> | null {
  try {
    return answerSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function findOne(
  condition: DnsCondition,
  probe: DnsProbe,
  records: readonly string[],
  latencyMs: number,
): Finding {
  const reason = "dns-record";
  const count = records.length === 1 ? "1 record" : `${records.length} records`;
  const actual =
    records.length === 0 ? `no ${probe.recordType} record` : `${count}: ${shorten(records)}`;
  switch (condition.kind) {
    case "latency":
      return findLatency(condition, latencyMs);
    case "at-least":
      return { held: records.length >= condition.count, actual, reason };
    case "contains": {
      const wanted = canonical(probe, condition.value);
      const isIn = (record: string) =>
        probe.recordType === "TXT" ? record.includes(wanted) : record === wanted;
      return { held: records.some(isIn), actual, reason };
    }
    case "equals": {
      const wanted = new Set(condition.values.map((value) => canonical(probe, value)));
      const held = wanted.size === new Set(records).size && records.every((one) => wanted.has(one));
      return { held, actual, reason };
    }
  }
}

/**
 * A record as it is compared: names in lower case and without the dot at their end, addresses in
 * their shortest form, and a TXT record's pieces joined.
 */
function canonical({ recordType }: DnsProbe, data: string): string {
  switch (recordType) {
    case "TXT":
      return joinPieces(data);
    case "AAAA":
      return URL.canParse(`http://[${data}]`)
        ? new URL(`http://[${data}]`).hostname.slice(1, -1)
        : data;
    default:
      return data.trim().toLowerCase().replace(/\.$/, "");
  }
}

/** Resolvers write a TXT record as one or more quoted pieces, some as its bare text. */
function joinPieces(data: string): string {
  if (!/^"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*$/s.test(data)) return data;
  const pieces = data.match(/"(?:[^"\\]|\\.)*"/gs) ?? [];
  return pieces.map((piece) => piece.slice(1, -1).replace(/\\(.)/gs, "$1")).join("");
}

function shorten(records: readonly string[]): string {
  const text = records.join(", ");
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}
