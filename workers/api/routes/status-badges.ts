import { createRoute, type OpenAPIHono, type z } from "@hono/zod-openapi";
import { badgeSvg } from "../../../shared/badge-svg.ts";
import {
  badgeParamsSchema,
  measuredBadgeQuerySchema,
  statusBadgeQuerySchema,
} from "../../../shared/contract/api/status-badges.ts";
import { staleAfterSeconds } from "../../../shared/domain/freshness.ts";
import type { ApiEnv } from "../context.ts";
import {
  keptBadgeSchema,
  type MadeBadge,
  notFoundBadge,
  responseTimeBadge,
  statusBadge,
  uptimeBadge,
} from "../reads/status-badges.ts";
import type { KeptDocuments } from "../reads/status-kept.ts";
import { failures, invalid, notModified, text } from "./responses.ts";
import { answerPublic, type PublicDocument } from "./status-answer.ts";

const usualDays = 30;
const svg = "image/svg+xml";

const badgeOperations = {
  status: "getStatusBadge",
  uptime: "getUptimeBadge",
  "response-time": "getResponseTimeBadge",
} as const;

const routeOf = <Query extends z.ZodObject>(
  kind: keyof typeof badgeOperations,
  summary: string,
  query: Query,
) =>
  createRoute({
    method: "get",
    path: `/api/status/badges/{monitor}/${kind}.svg`,
    operationId: badgeOperations[kind],
    tags: ["status"],
    summary,
    request: { params: badgeParamsSchema, query },
    responses: {
      200: text("A badge", svg),
      404: text("A badge that says so: the page shows no such monitor", svg),
      ...notModified,
      ...invalid,
      ...failures,
    },
  });

const statusRoute = routeOf("status", "A monitor's status as a badge", statusBadgeQuerySchema);
const uptimeRoute = routeOf(
  "uptime",
  "A monitor's availability as a badge",
  measuredBadgeQuerySchema,
);
const responseTimeRoute = routeOf(
  "response-time",
  "A monitor's response time as a badge",
  measuredBadgeQuerySchema,
);

/** GET /api/status/badges/{monitor}/status.svg, uptime.svg and response-time.svg. */
export function addStatusBadges(app: OpenAPIHono<ApiEnv>, documents: KeptDocuments): void {
  app.openapi(statusRoute, (context) => {
    const { DB } = context.get("environment");
    const now = context.get("now");
    const { monitor } = context.req.valid("param");
    const { label } = context.req.valid("query");
    return answerPublic(context, documents, {
      ...badge(`status/${monitor}`, () => statusBadge(DB, monitor, now)),
      dependsOn: ["recorded", "plan", "maintenance"],
      maxAge: 30,
      show(kept, stale) {
        const { name, value, colour, asOf } = keptBadgeSchema.parse(JSON.parse(kept));
        const isOld = stale && (asOf === null || now - asOf > staleAfterSeconds);
        const shown = isOld ? ({ value: "unknown", colour: "grey" } as const) : { value, colour };
        return badgeSvg({ label: label ?? name, ...shown });
      },
    });
  });

  app.openapi(uptimeRoute, (context) => {
    const { DB } = context.get("environment");
    const now = context.get("now");
    const { monitor } = context.req.valid("param");
    const { label, days = usualDays } = context.req.valid("query");
    return answerPublic(context, documents, {
      ...badge(`uptime/${monitor}/${days}`, () => uptimeBadge(DB, monitor, days, now)),
      ...measured,
      show: (kept) => shown(kept, label ?? `uptime ${days} d`),
    });
  });

  app.openapi(responseTimeRoute, (context) => {
    const { DB } = context.get("environment");
    const now = context.get("now");
    const { monitor } = context.req.valid("param");
    const { label, days = usualDays } = context.req.valid("query");
    return answerPublic(context, documents, {
      ...badge(`response-time/${monitor}/${days}`, () => responseTimeBadge(DB, monitor, days, now)),
      ...measured,
      show: (kept) => shown(kept, label ?? `response time ${days} d`),
    });
  });
}

/** Not on what is recorded: that is every minute. */
const measured = {
  dependsOn: ["plan", "maintenance"],
  maxAge: 300,
} as const satisfies Partial<PublicDocument>;

function badge(name: string, make: () => Promise<MadeBadge | null>) {
  return {
    name: `badge/${name}`,
    contentType: `${svg}; charset=utf-8`,
    make: async () => {
      const made = await make();
      return made && { body: JSON.stringify(made.badge), until: made.until };
    },
    missing: () =>
      new Response(badgeSvg(notFoundBadge), {
        status: 404,
        headers: { "Content-Type": `${svg}; charset=utf-8`, "Cache-Control": "public, max-age=60" },
      }),
  };
}

function shown(kept: string, label: string): string {
  const { value, colour } = keptBadgeSchema.parse(JSON.parse(kept));
  return badgeSvg({ label, value, colour });
}
