import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import {
  type AuditDocument,
  auditExportQuerySchema,
  auditListSchema,
  auditQuerySchema,
} from "../../../shared/contract/api/audit.ts";
import { instant } from "../../../shared/instant.ts";
import {
  type AuditFilter,
  type AuditPlace,
  type NumberedEntry,
  readAuditPage,
} from "../../../shared/storage/audit.ts";
import type { ApiEnv } from "../context.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { answer, failures, forbidden, invalid, text, unauthorized } from "./responses.ts";

const path = "/api/monitoring/audit";
const all = { ...unauthorized, ...forbidden, ...invalid, ...failures };

/** An export has at most so many, and is read so many at a time. */
const mostExported = 10_000;
const exportedAtOnce = 500;

const list = createRoute({
  method: "get",
  path,
  operationId: "listAudit",
  tags: ["audit"],
  summary: "Who changed or did what by hand, the newest first",
  request: { query: auditQuerySchema },
  responses: { 200: answer("One page", auditListSchema), ...all },
});

const download = createRoute({
  method: "get",
  path: `${path}.ndjson`,
  operationId: "exportAudit",
  tags: ["audit"],
  summary: "The same as lines of JSON, the newest first, at most 10,000",
  request: { query: auditExportQuerySchema },
  responses: {
    200: text("An entry a line", "application/x-ndjson"),
    ...all,
  },
});

/** Everything under /api/monitoring/audit. */
export function addAudit(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(list, async (context) => {
    const { limit, cursor, ...query } = context.req.valid("query");
    const { DB } = context.get("environment");
    const found = await fromDatabase(
      readAuditPage(DB, filterOf(query), placeOf(cursor), limit + 1),
    );
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    const nextCursor = last === undefined ? null : `${last.at}-${last.number}`;
    return context.json({ entries: page.map(documentOf), nextCursor }, 200);
  });

  app.openapi(download, async (context) => {
    const { DB } = context.get("environment");
    const filter = filterOf(context.req.valid("query"));
    const lines: string[] = [];
    let place: AuditPlace | null = null;
    while (lines.length < mostExported) {
      const page: NumberedEntry[] = await fromDatabase(
        readAuditPage(DB, filter, place, exportedAtOnce),
      );
      lines.push(...page.map((entry) => `${JSON.stringify(documentOf(entry))}\n`));
      place = page.at(-1) ?? null;
      if (page.length < exportedAtOnce) break;
    }
    return context.text(lines.slice(0, mostExported).join(""), 200, {
      "Content-Type": "application/x-ndjson",
      "Content-Disposition": 'attachment; filename="audit.ndjson"',
    });
  });
}

interface Filters {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly who?: string | undefined;
  readonly action?: string | undefined;
  readonly target?: string | undefined;
}

function filterOf({ from, to, who, action, target }: Filters): AuditFilter {
  return {
    from: from ?? 0,
    to: to ?? Number.MAX_SAFE_INTEGER,
    who: who ?? null,
    action: action ?? null,
    target: target ?? null,
  };
}

function placeOf(cursor: string | undefined): AuditPlace | null {
  const [at, number] = cursor?.split("-").map(Number) ?? [];
  return at === undefined || number === undefined ? null : { at, number };
}

function documentOf({ at, before, after, ...entry }: NumberedEntry): AuditDocument {
  return { ...entry, at: instant(at), before: parsed(before), after: parsed(after) };
}

function parsed(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
