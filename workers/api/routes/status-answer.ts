/**
 * How public documents are answered: by their version, of which the database is asked before all
 * else. Who has that version already is told so, one that is kept is sent again, and only what is
 * neither is made. While the database fails, the last one that was made is sent, marked stale.
 *
 * An ETag is the version of what a document was made of, and until when time does not change it:
 * whoever brings it back needs nothing else to be told that it is good. It is weak: made twice of
 * one version, a document may differ in the second up to which it knows.
 */
import type { Context } from "hono";
import type { Clock } from "../../../shared/clock.ts";
import { describeError, log } from "../../../shared/log.ts";
import { type PublicVersion, readPublicVersion } from "../../../shared/storage/public-version.ts";
import { version as software } from "../../../shared/version.ts";
import type { ApiEnv } from "../context.ts";
import { DatabaseUnavailableError, fromDatabase } from "../reads/from-database.ts";
import type { KeptDocument, KeptDocuments } from "../reads/status-kept.ts";

/** A document, and on what it depends. */
export interface PublicDocument {
  /** Tells it from all others; what it is asked with included, where it is made of it. */
  readonly name: string;
  readonly contentType: string;
  /** The parts of the version on which it depends. */
  readonly dependsOn: readonly (keyof PublicVersion)[];
  /** For how long others may keep it unasked, seconds. */
  readonly maxAge: number;
  /** Makes what is kept; null where there is no such thing. */
  make(): Promise<Made | null>;
  /** What is sent, of what is kept; just that if left out. */
  show?(kept: string, stale: boolean): string;
  /** The answer where there is no such thing. */
  missing?(): Response;
}

/** A document as it was made. */
export interface Made {
  readonly body: string;
  /** When time alone makes it another one, epoch seconds. */
  readonly until: number;
}

/** An instance that has just seen a version does not ask for it again, seconds. */
const checkedSeconds = 5;
/** A database that takes longer counts as failing, ms. */
const versionDeadlineMs = 3_000;
const makeDeadlineMs = 15_000;
const staleIfErrorSeconds = 86_400;

/** Answers with a public document. @throws DatabaseUnavailableError where none is kept */
export async function answerPublic(
  context: Context<ApiEnv>,
  documents: KeptDocuments,
  document: PublicDocument,
): Promise<Response> {
  const { DB } = context.get("environment");
  const [now, clock] = [context.get("now"), context.get("clock")];
  const { name } = document;
  const remembered = documents.recall(name);
  if (remembered !== null && isJustChecked(remembered, now)) {
    return fresh(context, document, remembered);
  }
  try {
    const version = versionOf(
      document,
      await within(versionDeadlineMs, clock, fromDatabase(readPublicVersion(DB))),
    );
    // Whoever has it is told so, whether it is in hand or not.
    const known = knownTag(context, version);
    if (known !== null) return notModified(document, known);
    const isGood = (kept: KeptDocument | null): kept is KeptDocument =>
      kept !== null && kept.version === version && now < kept.until;
    const kept = isGood(remembered) ? remembered : await documents.find(name);
    if (isGood(kept)) {
      const checked = { ...kept, checkedAt: now };
      documents.remember(name, checked);
      return fresh(context, document, checked);
    }
    const made = await within(makeDeadlineMs, clock, document.make());
    if (made === null) return missing(document);
    const newest = { ...made, version, madeAt: now, checkedAt: now };
    documents.remember(name, newest);
    await meanwhile(context, documents.store(name, newest));
    return fresh(context, document, newest);
  } catch (error) {
    if (!(error instanceof DatabaseUnavailableError)) throw error;
    const last = remembered ?? (await documents.find(name));
    if (last === null) throw error;
    log("warn", "served-last-known", {
      requestId: context.get("requestId"),
      ageSeconds: Math.max(0, now - last.madeAt),
      error: describeError(error.cause),
    });
    return stale(document, last, now);
  }
}

function fresh(context: Context<ApiEnv>, document: PublicDocument, kept: KeptDocument): Response {
  const known = knownTag(context, kept.version);
  if (known !== null) return notModified(document, known);
  const body = document.show?.(kept.body, false) ?? kept.body;
  const headers = { ...commonHeaders(document), ETag: tagOf(kept) };
  return new Response(body, { headers: { ...headers, "Content-Type": document.contentType } });
}

function notModified(document: PublicDocument, tag: string): Response {
  return new Response(null, { status: 304, headers: { ...commonHeaders(document), ETag: tag } });
}

/** Without an ETag: who has this one must not be told later that nothing changed. */
function stale(document: PublicDocument, kept: KeptDocument, now: number): Response {
  const body = document.show?.(kept.body, true) ?? kept.body;
  return new Response(body, {
    headers: {
      ...commonHeaders(document),
      "Cache-Control": "public, max-age=5",
      "Content-Type": document.contentType,
      Age: String(Math.max(0, now - kept.madeAt)),
      Warning: '110 - "Response is Stale"',
    },
  });
}

function missing(document: PublicDocument): Response {
  const response = document.missing?.();
  if (!response) throw new RangeError(`nothing is said where there is no ${document.name}`);
  for (const [header, value] of Object.entries(embeddable)) response.headers.set(header, value);
  return response;
}

/** Pages of other sites may show it. */
const embeddable = { "Cross-Origin-Resource-Policy": "cross-origin" };

function commonHeaders({ maxAge }: PublicDocument): Record<string, string> {
  return {
    ...embeddable,
    "Cache-Control": `public, max-age=${maxAge}, stale-while-revalidate=${3 * maxAge}, stale-if-error=${staleIfErrorSeconds}`,
  };
}

function versionOf(document: PublicDocument, version: PublicVersion): string {
  return [software, ...document.dependsOn.map((part) => version[part])].join("-");
}

function tagOf({ version, until }: KeptDocument): string {
  return `W/"${version}-${until}"`;
}

/** The asker's tag of this version, where it is good still (RFC 9110, section 13.1.2); or null. */
function knownTag(context: Context<ApiEnv>, version: string): string | null {
  const now = context.get("now");
  const tags = context.req.header("If-None-Match")?.split(",") ?? [];
  for (const tag of tags) {
    const [, own, until] = /^(?:W\/)?"(.+)-(\d{1,12})"$/.exec(tag.trim()) ?? [];
    if (own === version && now < Number(until)) return `W/"${own}-${until}"`;
  }
  return null;
}

function isJustChecked({ checkedAt, until }: KeptDocument, now: number): boolean {
  return now >= checkedAt && now - checkedAt < checkedSeconds && now < until;
}

/** The midnight in UTC after a time: from then on it is another day, epoch seconds. */
export function nextDay(now: number): number {
  return (Math.floor(now / 86_400) + 1) * 86_400;
}

/** A database that does not answer at all is no better than one that fails. */
function within<T>(ms: number, clock: Clock, read: Promise<T>): Promise<T> {
  const tooLate = clock.sleep(ms).then(() => {
    throw new DatabaseUnavailableError(new Error(`no answer within ${ms} ms`));
  });
  return Promise.race([read, tooLate]);
}

/** Work that the answer need not wait for. */
async function meanwhile(context: Context<ApiEnv>, work: Promise<void>): Promise<void> {
  let waitUntil: ((work: Promise<void>) => void) | undefined;
  try {
    const execution = context.executionCtx;
    waitUntil = (promise) => execution.waitUntil(promise);
  } catch {
    // Asked without one, as tests do.
  }
  if (waitUntil) waitUntil(work);
  else await work;
}
