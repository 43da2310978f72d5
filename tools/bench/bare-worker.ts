/**
 * What the tick is compared with: nothing but fetches, six at a time, and one insert. No retry, no
 * conditions, no regions, no verdict. Also puts the bench's configuration into force.
 */
import pLimit from "p-limit";
import { z } from "zod";
import { parseConfig } from "../../shared/config/parse.ts";
import { connections } from "../../shared/domain/shard.ts";
import { apply, propose } from "../../shared/storage/plans.ts";

interface Bindings {
  readonly DB: D1Database;
}

const bareSchema = z.object({ url: z.url(), fetches: z.int().positive(), time: z.int() });

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    const body: unknown = await request.json();
    if (pathname === "/bare") return Response.json(await runBare(env.DB, bareSchema.parse(body)));
    const parsed = parseConfig(body);
    if (!parsed.ok) return Response.json(parsed.mistakes, { status: 400 });
    const outcome = await apply(env.DB, await propose(env.DB, parsed.config, 0), 0);
    return Response.json(outcome);
  },
} satisfies ExportedHandler<Bindings>;

async function runBare(db: D1Database, { url, fetches, time }: z.infer<typeof bareSchema>) {
  const limit = pLimit(connections);
  const numbers = Array.from({ length: fetches }, (_, index) => index);
  const rows = await limit.map(numbers, async (number) => {
    const startedAt = Date.now();
    const response = await fetch(url, { cache: "no-store", redirect: "manual" });
    await response.text();
    return [time, number, 0, response.ok ? 0 : 2, 1, Date.now() - startedAt];
  });
  await db
    .prepare(
      `INSERT INTO results (time, monitor, region, outcome, attempts, latency_ms)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
       FROM json_each(?1)`,
    )
    .bind(JSON.stringify(rows))
    .run();
  return { rows: rows.length };
}
