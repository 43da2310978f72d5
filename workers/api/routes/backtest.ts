import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { backtestBodySchema, backtestSchema } from "../../../shared/contract/api/backtest.ts";
import { problemSchema } from "../../../shared/contract/api/problem.ts";
import type { BacktestConfiguration } from "../../../shared/domain/alerting/backtest.ts";
import { withoutChannels } from "../../../shared/domain/alerting/decide-round.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import type { Span } from "../../../shared/domain/span.ts";
import { runBacktest } from "../../../shared/measure/backtest.ts";
import { type Asked, backtestLimits } from "../../../shared/measure/backtest-material.ts";
import { readAlertingDocuments } from "../../../shared/storage/alerting/documents.ts";
import { readCurrentSilences } from "../../../shared/storage/alerting/silences.ts";
import { readMaintenance } from "../../../shared/storage/maintenance.ts";
import { readPlan } from "../../../shared/storage/plans.ts";
import { changedConfiguration, chosenPlan } from "../alerting/backtest-change.ts";
import type { ApiEnv } from "../context.ts";
import { invalidRequest, ProblemError } from "../problems.ts";
import { askChannels } from "../reads/ask-channels.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { instant } from "../reads/instant.ts";
import { jsonBody } from "./alert-responses.ts";
import { answer, failures, forbidden, invalid, unauthorized } from "./responses.ts";

const path = "/api/monitoring/backtest";

const tooMuch = {
  422: {
    description: "More than one request can replay; `detail` has the limit and what was asked",
    content: { "application/problem+json": { schema: problemSchema } },
  },
};

const run = createRoute({
  method: "post",
  path,
  operationId: "runBacktest",
  tags: ["alerts"],
  summary: "Replays the past by another configuration; changes nothing",
  request: jsonBody(backtestBodySchema),
  responses: {
    200: answer("Which pages would have been sent, against those that were", backtestSchema),
    ...invalid,
    ...unauthorized,
    ...forbidden,
    ...tooMuch,
    ...failures,
  },
});

/** POST /api/monitoring/backtest. It writes nothing, and costs much: the admin token is needed. */
export function addBacktest(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(run, async (context) => {
    const { DB } = context.get("environment");
    const { from, to, change, ...body } = context.req.valid("json");
    const window = { from, to };
    refuseWindow(window, context.get("now"));
    const [whole, channels] = await Promise.all([
      fromDatabase(readPlan(DB)),
      knownChannels(context),
    ]);
    const plan = chosenPlan(whole, body);
    const before = await configurationOf(DB, plan, window, channels?.off ?? []);
    const after = changedConfiguration(before, change, window, channels?.all ?? null);
    const isPart = plan.monitors.length < whole.monitors.length;
    const channelsKnown = channels !== null;
    const request = { window, before, after, isPart, channelsKnown };
    const found = await fromDatabase(runBacktest(DB, request));
    if (found.ok) return context.json(found.document, 200);
    if (found.because === "too-much") throw tooMuchAsked(found.asked);
    const message = `not before ${instant(found.keptFrom)}: results are kept from then on`;
    throw invalidRequest([{ field: "from", message }]);
  });
}

function refuseWindow({ from, to }: Span, now: number): void {
  const errors = [
    ...(to <= from ? [{ field: "to", message: "after from" }] : []),
    ...(to > now
      ? [{ field: "to", message: "not after now: only what was recorded is replayed" }]
      : []),
  ];
  if (errors.length > 0) throw invalidRequest(errors);
}

function tooMuchAsked({ results, rounds }: Asked): ProblemError {
  const { results: mostResults, rounds: mostRounds } = backtestLimits;
  return new ProblemError(
    "too-much",
    `At most ${mostResults} results and ${mostRounds} rounds, the hour before included; asked for up to ${results} results and ${rounds} rounds. Ask for a shorter time, or for some monitors.`,
  );
}

/** What is in force now, with what muted then. */
async function configurationOf(
  db: D1Database,
  plan: Plan,
  window: Span,
  off: readonly string[],
): Promise<BacktestConfiguration> {
  // Alerts of the hour before are replayed as well, and have to be muted as they were.
  const from = window.from - 3_600;
  const [{ rules, policies }, silences, windows] = await fromDatabase(
    Promise.all([
      readAlertingDocuments(db),
      readCurrentSilences(db, from),
      readMaintenance(db, { from, to: window.to }),
    ]),
  );
  return {
    plan,
    rules,
    policies: policies.map((policy) => withoutChannels(policy, (name) => off.includes(name))),
    silences: silences.filter(({ startsAt }) => startsAt < window.to),
    windows,
  };
}

/** Null where the probe Worker, which has the channels, does not answer: it is not needed. */
async function knownChannels(context: Context<ApiEnv>) {
  const { PROBE } = context.get("environment");
  try {
    const channels = await askChannels(PROBE, context.get("clock"));
    const off = channels.filter(({ on }) => !on).map(({ id }) => id);
    return { all: channels.map(({ id }) => id), off };
  } catch (error) {
    if (error instanceof ProblemError) return null;
    throw error;
  }
}
