import { z } from "zod";

/** What a resolver said of a name. Only the first two speak of the target. */
export type LookUp =
  | { readonly kind: "addresses"; readonly addresses: readonly string[] }
  /** The name does not exist, or has neither an IPv4 nor an IPv6 address. */
  | { readonly kind: "none"; readonly why: string }
  /** The resolver did not answer, or not usably: our fault, and no evidence against the target. */
  | { readonly kind: "no-answer"; readonly why: string };

/** The JSON form of an answer that Cloudflare's and Google's resolvers share. */
const answerSchema = z.object({
  Status: z.int(),
  Answer: z.array(z.object({ type: z.int(), data: z.string() })).default([]),
});

const noError = 0;
const noSuchName = 3;
/** Types of record and their numbers (RFC 1035, 3.2.2; RFC 3596, 2.1). */
const addressTypes = [
  ["A", 1],
  ["AAAA", 28],
] as const;

/**
 * Looks up a name's addresses by DNS over HTTPS: IPv4, and only where there is none, IPv6.
 *
 * @param resolverUrl of a resolver that answers `application/dns-json`
 * @param timeoutMs for the whole
 * @returns never throws: a resolver that fails is a value
 */
export async function lookUp(
  name: string,
  resolverUrl: string,
  timeoutMs: number,
): Promise<LookUp> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    for (const [type, number] of addressTypes) {
      const { Status, Answer } = await ask(resolverUrl, name, type, signal);
      if (Status === noSuchName) return { kind: "none", why: "the name does not exist" };
      if (Status !== noError) return { kind: "no-answer", why: `code ${Status}` };
      const addresses = Answer.filter((record) => record.type === number).map(({ data }) => data);
      if (addresses.length > 0) return { kind: "addresses", addresses };
    }
    return { kind: "none", why: "the name has no address" };
  } catch (error) {
    const timedOut = error instanceof Error && error.name === "TimeoutError";
    return {
      kind: "no-answer",
      why: timedOut ? `nothing within ${timeoutMs} ms` : "no usable answer",
    };
  }
}

async function ask(resolverUrl: string, name: string, type: string, signal: AbortSignal) {
  const url = new URL(resolverUrl);
  url.searchParams.set("name", name);
  url.searchParams.set("type", type);
  const response = await fetch(url, {
    headers: { Accept: "application/dns-json" },
    redirect: "manual",
    cache: "no-store",
    signal,
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  }
  return answerSchema.parse(await response.json());
}
