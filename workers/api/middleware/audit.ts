import { createMiddleware } from "hono/factory";
import { hideIssuedKeys } from "../../../shared/access-key.ts";
import { log } from "../../../shared/log.ts";
import { addAuditEntry } from "../../../shared/storage/audit.ts";
import { guardedBy } from "../access.ts";
import type { ApiEnv } from "../context.ts";

/** Longer documents are not kept whole, characters. */
const longest = 16_384;

/** What can be asked for by itself, before it is changed. */
const resource =
  /^\/api\/monitoring\/(?:incidents|alerts|rules|silences|escalations|rotations|maintenance|keys)\/[^/]+/;

type Read = (path: string) => Promise<Response>;

/**
 * Adds an entry to the audit for every change, and for what people have done by hand: who, what, the
 * document before and the one after. It goes by the table of access.ts, so that no route can forget
 * it. What was refused has changed nothing, and leaves no entry.
 *
 * @param read asks this api, as the same person
 */
export function audit(read: (request: Request, env: unknown) => Response | Promise<Response>) {
  return createMiddleware<ApiEnv>(async (context, next) => {
    const { method, path } = context.req;
    const entry = guardedBy(method, path);
    if (entry === null || entry.action === null) return next();
    const document = await before(path, async (of) => {
      const headers = new Headers(context.req.raw.headers);
      headers.delete("Content-Type");
      headers.delete("Content-Length");
      return read(new Request(new URL(of, context.req.url), { headers }), context.env);
    });
    await next();
    if (!context.res.ok) return;
    const { id, name } = context.get("identity");
    const statement = addAuditEntry(context.get("environment").DB, {
      at: context.get("now"),
      who: id,
      name,
      action: entry.action,
      target: path,
      before: document,
      after: entry.keepsAnswer ? kept(await context.res.clone().text()) : null,
      requestId: context.get("requestId"),
    });
    try {
      await statement.run();
    } catch (error) {
      // It is done already; the log has what the audit lacks.
      log("error", "audit-not-written", { action: entry.action, target: path, who: id }, error);
    }
  });
}

async function before(path: string, read: Read): Promise<string | null> {
  const of = resource.exec(path)?.[0];
  if (of === undefined) return null;
  const response = await read(of);
  return response.ok ? kept(await response.text()) : null;
}

/** Without what is secret, and as JSON whatever it was. */
function kept(text: string): string {
  const shown = hideIssuedKeys(text);
  return shown.length <= longest ? shown : JSON.stringify(`${shown.slice(0, longest)}…`);
}
