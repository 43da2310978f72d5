import { request } from "node:http";
import { z } from "zod";
import { messageOf, RuntimeError } from "./errors.ts";

export type SqlValue = string | number | null;
export type SqlQuery = { readonly sql: string; readonly params: readonly SqlValue[] };

const TickOutcome = z.object({ outcome: z.string() });
/** `ok`, or what workerd calls it otherwise: `exception`, `exceededCpu`, … */
export type TickOutcome = z.infer<typeof TickOutcome>;

const Meta = z.object({
  rows_read: z.number(),
  rows_written: z.number(),
  changes: z.number(),
  duration: z.number(),
  size_after: z.number(),
});
const Results = z.array(
  z.object({ results: z.array(z.record(z.string(), z.unknown())), meta: Meta }),
);
const Failure = z.object({ error: z.string() });

export type QueryResult = {
  readonly rows: readonly Record<string, unknown>[];
  readonly rowsRead: number;
  readonly rowsWritten: number;
  /** Rows that an UPDATE, INSERT or DELETE changed. */
  readonly changes: number;
  /** What D1 measured, in ms. */
  readonly durationMs: number;
  /** The size of the whole database afterwards, in bytes, free pages included. */
  readonly databaseBytes: number;
};

export type Control = {
  tick(scheduledTime: Date, cron: string): Promise<TickOutcome>;
  /** Runs all or nothing. @throws RuntimeError `query-failed`, in D1's words. */
  batch(queries: readonly SqlQuery[]): Promise<readonly QueryResult[]>;
};

/** @param url Where the control Worker listens. @param token What it was started with. */
export function connectControl(url: URL, token: string): Control {
  return {
    async tick(scheduledTime, cron) {
      const body = { scheduledTime: scheduledTime.getTime(), cron };
      return TickOutcome.parse(await post(new URL("/tick", url), token, body));
    },
    async batch(queries) {
      const results = Results.parse(await post(new URL("/batch", url), token, queries));
      return results.map(({ results: rows, meta }) => ({
        rows,
        rowsRead: meta.rows_read,
        rowsWritten: meta.rows_written,
        changes: meta.changes,
        durationMs: meta.duration,
        databaseBytes: meta.size_after,
      }));
    },
  };
}

/** Not `fetch`: it gives up on an answer after five minutes, and a tick may take fifteen. */
async function post(url: URL, token: string, body: unknown): Promise<unknown> {
  const { status, text } = await new Promise<{ status: number; text: string }>(
    (resolve, reject) => {
      const outgoing = request(url, {
        method: "POST",
        agent: false,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      });
      outgoing.on("error", reject);
      outgoing.on("response", (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () =>
          resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
      });
      outgoing.end(JSON.stringify(body));
    },
  ).catch((cause) => {
    const message = `The local Workers runtime has ended (${messageOf(cause)}).`;
    throw new RuntimeError("runtime-ended", message, { cause });
  });
  if (status === 200) return JSON.parse(text);
  const failure = Failure.safeParse(parsed(text));
  throw new RuntimeError(
    "query-failed",
    failure.success ? failure.data.error : `${status} ${text}`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
