/**
 * Public documents as they were last made: in the memory of this instance, and in the cache of its
 * data centre, where other instances find them. What is lost here is made again.
 */
import { z } from "zod";
import { log } from "../../../shared/log.ts";

/** A document that is kept. Epoch seconds. */
export interface KeptDocument {
  /** Of what it was made of. */
  readonly version: string;
  /** When time alone makes it another one. */
  readonly until: number;
  readonly body: string;
  readonly madeAt: number;
  /** When it was last known to be what the database has. */
  readonly checkedAt: number;
}

/** Where documents are kept, by a name that is a path. */
export interface KeptDocuments {
  /** What this instance remembers. */
  recall(name: string): KeptDocument | null;
  remember(name: string, document: KeptDocument): void;
  /** What the data centre has; null where it has nothing, or has no cache. */
  find(name: string): Promise<KeptDocument | null>;
  store(name: string, document: KeptDocument): Promise<void>;
}

/** A memory has 128 MB, and more than documents in it. */
const mostRemembered = 64;
const mostCharacters = 8_000_000;
/** For as long the last good document is worth something, seconds. */
const keptSeconds = 7 * 86_400;

const headSchema = z.object({
  version: z.string(),
  until: z.coerce.number(),
  madeAt: z.coerce.number(),
  checkedAt: z.coerce.number(),
});

/** Keeps documents in memory and in the cache of the data centre. */
export function keptDocuments(): KeptDocuments {
  const memory = new Map<string, KeptDocument>();
  return {
    recall: (name) => memory.get(name) ?? null,
    remember(name, document) {
      memory.delete(name);
      memory.set(name, document);
      let characters = 0;
      for (const { body } of memory.values()) characters += body.length;
      for (const [oldest, { body }] of memory) {
        if (memory.size <= mostRemembered && characters <= mostCharacters) return;
        memory.delete(oldest);
        characters -= body.length;
      }
    },
    async find(name) {
      const found = await caches.default.match(addressOf(name)).catch((error: unknown) => {
        log("warn", "cache-not-read", {}, error);
      });
      if (!found) return null;
      const head = headSchema.safeParse({
        version: found.headers.get("X-Version"),
        until: found.headers.get("X-Until"),
        madeAt: found.headers.get("X-Made-At"),
        checkedAt: found.headers.get("X-Checked-At"),
      });
      const body = await found.text();
      return head.success ? { ...head.data, body } : null;
    },
    async store(name, { version, until, body, madeAt, checkedAt }) {
      const headers = {
        "Cache-Control": `public, max-age=${keptSeconds}`,
        "Content-Type": "text/plain; charset=utf-8",
        "X-Version": version,
        "X-Until": String(until),
        "X-Made-At": String(madeAt),
        "X-Checked-At": String(checkedAt),
      };
      // A cache that does not take it is no reason to fail: the answer is there.
      await caches.default
        .put(addressOf(name), new Response(body, { headers }))
        .catch((error: unknown) => log("warn", "cache-not-written", {}, error));
    },
  };
}

/** Keeps nothing: every document is made anew. */
export const nothingKept: KeptDocuments = {
  recall: () => null,
  remember() {},
  find: async () => null,
  store: async () => {},
};

/** The cache goes by addresses. Nobody else can ask for this one: no Worker is there. */
function addressOf(name: string): string {
  return `https://kept.netpost-monitoring.invalid/${encodeURIComponent(name)}`;
}
