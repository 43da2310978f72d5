import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { byQuerySchema } from "../../../shared/contract/api/authored.ts";
import type { FieldError } from "../../../shared/contract/api/problem.ts";
import {
  silenceBodySchema,
  silenceListSchema,
  silenceParamsSchema,
  silenceQuerySchema,
  type silenceStates,
  singleSilenceSchema,
} from "../../../shared/contract/api/silences.ts";
import {
  addSilence,
  endSilence,
  type KeptSilence,
  nextSilence,
  readCurrentSilences,
  readSilence,
  readSilencePage,
} from "../../../shared/storage/alerting/silences.ts";
import { readSilenced } from "../../../shared/storage/alerting/timeline.ts";
import { changeAlerting } from "../alerting/act.ts";
import type { ApiEnv } from "../context.ts";
import { invalidRequest, ProblemError } from "../problems.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { instant } from "../reads/instant.ts";
import { mostMuted, mutedDocuments } from "../reads/muted-documents.ts";
import { jsonBody, noSuchSilence } from "./alert-responses.ts";
import { actOf } from "./alerts.ts";
import { answer, conflict, failures, forbidden, invalid, unauthorized } from "./responses.ts";

const path = "/api/monitoring/silences";
const one = { ...unauthorized, ...invalid, ...failures };
const longestSeconds = 30 * 86_400;

const list = createRoute({
  method: "get",
  path,
  operationId: "listSilences",
  tags: ["silences"],
  summary: "Silences: those in force or to come, unless asked otherwise",
  request: { query: silenceQuerySchema },
  responses: { 200: answer("One page", silenceListSchema), ...one },
});

const read = createRoute({
  method: "get",
  path: `${path}/{id}`,
  operationId: "getSilence",
  tags: ["silences"],
  summary: "One silence, and what it muted",
  request: { params: silenceParamsSchema },
  responses: { 200: answer("The silence", singleSilenceSchema), ...noSuchSilence, ...one },
});

const create = createRoute({
  method: "post",
  path,
  operationId: "createSilence",
  tags: ["silences"],
  summary: "Mutes what matches, until an end",
  request: jsonBody(silenceBodySchema),
  responses: {
    201: answer("The new silence", singleSilenceSchema),
    ...forbidden,
    ...conflict,
    ...one,
  },
});

const end = createRoute({
  method: "delete",
  path: `${path}/{id}`,
  operationId: "endSilence",
  tags: ["silences"],
  summary: "Ends a silence early",
  request: { params: silenceParamsSchema, query: byQuerySchema },
  responses: {
    200: answer("The silence", singleSilenceSchema),
    ...noSuchSilence,
    ...forbidden,
    ...conflict,
    ...one,
  },
});

/** GET POST /api/monitoring/silences, GET DELETE …/{id}. */
export function addSilences(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(list, async (context) => {
    const { DB } = context.get("environment");
    const { state, limit, cursor } = context.req.valid("query");
    const now = context.get("now");
    if (state === "all" || state === "past") {
      const endedBy = state === "past" ? now : null;
      const found = await fromDatabase(readSilencePage(DB, cursor ?? null, endedBy, limit + 1));
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const nextCursor = found.length > limit && last ? String(last.id) : null;
      return context.json({ silences: page.map((each) => shown(each, now)), nextCursor }, 200);
    }
    const silences = (await fromDatabase(readCurrentSilences(DB, now)))
      .map((silence) => shown(silence, now))
      .filter((silence) => state === "current" || silence.state === state);
    return context.json({ silences, nextCursor: null }, 200);
  });

  app.openapi(read, async (context) => {
    const { DB } = context.get("environment");
    return context.json(await singleOf(DB, context.req.valid("param").id, context.get("now")), 200);
  });

  app.openapi(create, async (context) => {
    const { DB } = context.get("environment");
    const { matchers, reason, startsAt, endsAt, minutes, by: author } = context.req.valid("json");
    const { now, by } = actOf(context, author);
    const from = startsAt ?? now;
    const until = endsAt ?? from + (minutes ?? 0) * 60;
    const errors = timeErrors({ from, until, endsAt, minutes, now });
    if (errors.length > 0) throw invalidRequest(errors);
    const silence = { matchers, author: by, reason, startsAt: from, endsAt: until };
    const id = await changeAlerting(
      DB,
      now,
      () => nextSilence(DB),
      (next) => ({
        writes: {},
        more: [addSilence(DB, { ...silence, id: next.id }, now)],
        result: next.id,
      }),
    );
    return context.json(await singleOf(DB, id, now), 201);
  });

  app.openapi(end, async (context) => {
    const { DB } = context.get("environment");
    const { id } = context.req.valid("param");
    const { now, by } = actOf(context, context.req.valid("query").by);
    await changeAlerting(
      DB,
      now,
      () => nextSilence(DB),
      async () => {
        const silence = await fromDatabase(readSilence(DB, id));
        if (silence === null) throw nothingThere(id);
        if (silence.endsAt <= now) throw new ProblemError("conflict", "It is over already.");
        return { writes: {}, more: [endSilence(DB, id, now, by)], result: undefined };
      },
    );
    return context.json(await singleOf(DB, id, now), 200);
  });
}

function timeErrors(of: {
  readonly from: number;
  readonly until: number;
  readonly endsAt: number | undefined;
  readonly minutes: number | undefined;
  readonly now: number;
}): FieldError[] {
  if ((of.endsAt === undefined) === (of.minutes === undefined)) {
    return [{ field: "endsAt", message: "endsAt or minutes, one of them" }];
  }
  const field = of.endsAt === undefined ? "startsAt" : "endsAt";
  if (of.until <= of.from) return [{ field, message: "after startsAt, which is now if left out" }];
  if (of.until <= of.now) return [{ field, message: "so that it ends in the future" }];
  if (of.until - of.from > longestSeconds) {
    return [{ field, message: "at most 30 days after startsAt" }];
  }
  return [];
}

async function singleOf(db: D1Database, id: number, now: number) {
  const [silence, muted] = await Promise.all([
    fromDatabase(readSilence(db, id)),
    fromDatabase(readSilenced(db, id, mostMuted)),
  ]);
  if (silence === null) throw nothingThere(id);
  return { silence: shown(silence, now), muted: mutedDocuments(muted) };
}

function nothingThere(id: number): ProblemError {
  return new ProblemError("not-found", `There is no silence ${id}.`);
}

function shown(silence: KeptSilence, now: number) {
  const { startsAt, endsAt } = silence;
  const state: (typeof silenceStates)[number] =
    endsAt <= now ? "past" : startsAt <= now ? "active" : "pending";
  return {
    id: silence.id,
    state,
    matchers: silence.matchers.map((matcher) => ({ ...matcher })),
    author: silence.author,
    reason: silence.reason,
    startsAt: instant(startsAt),
    endsAt: instant(endsAt),
    createdAt: instant(silence.createdAt),
    endedBy: silence.endedBy,
    muted: silence.muted,
  };
}
