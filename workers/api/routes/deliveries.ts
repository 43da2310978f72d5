import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { alertKeyOf } from "../../../shared/contract/api/alerts.ts";
import { byBodySchema } from "../../../shared/contract/api/authored.ts";
import {
  channelListSchema,
  channelParamsSchema,
  channelTestSchema,
  deliveryTimesQuerySchema,
  deliveryTimesSchema,
  notificationListSchema,
  notificationParamsSchema,
  notificationQuerySchema,
  singleNotificationSchema,
} from "../../../shared/contract/api/deliveries.ts";
import { deliveryTimes } from "../../../shared/domain/alerting/delivery-times.ts";
import { readAlertMemory } from "../../../shared/storage/alerting/alert-ledger.ts";
import { readChannelPaces } from "../../../shared/storage/alerting/channel-pace.ts";
import {
  type ChannelTest,
  keepChannelTest,
  readChannelTests,
} from "../../../shared/storage/alerting/channel-tests.ts";
import {
  type ListedNotification,
  readChannelRecords,
  readDeliveredPages,
  readNotification,
  readNotificationPage,
  reviveNotification,
} from "../../../shared/storage/alerting/deliveries.ts";
import { readAlertingDocuments } from "../../../shared/storage/alerting/documents.ts";
import { changeAlerting, eventOf } from "../alerting/act.ts";
import type { ApiEnv } from "../context.ts";
import { ProblemError } from "../problems.ts";
import { askForChannels, askForTest } from "../reads/ask-channels.ts";
import { notificationDocument } from "../reads/explanation.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { instant, instantOrNull } from "../reads/instant.ts";
import { noSuchChannel, noSuchNotification, optionalBody } from "./alert-responses.ts";
import { actOf } from "./alerts.ts";
import { answer, conflict, failures, forbidden, invalid, unauthorized } from "./responses.ts";

const notifications = "/api/monitoring/notifications";
const channels = "/api/monitoring/channels";
const one = { ...unauthorized, ...invalid, ...failures };
const writing = { ...forbidden, ...conflict };
const recordSeconds = 30 * 86_400;
const mostPages = 5_000;

const list = createRoute({
  method: "get",
  path: notifications,
  operationId: "listNotifications",
  tags: ["notifications"],
  summary: "Notifications, the newest first; state=dead for those that could not be delivered",
  request: { query: notificationQuerySchema },
  responses: { 200: answer("One page", notificationListSchema), ...one },
});

const retry = createRoute({
  method: "post",
  path: `${notifications}/{id}/retry`,
  operationId: "retryNotification",
  tags: ["notifications"],
  summary: "Has a dead letter sent again",
  request: { params: notificationParamsSchema, ...optionalBody(byBodySchema) },
  responses: {
    200: answer("It waits again", singleNotificationSchema),
    ...noSuchNotification,
    ...writing,
    ...one,
  },
});

const times = createRoute({
  method: "get",
  path: "/api/monitoring/delivery-times",
  operationId: "getDeliveryTimes",
  tags: ["notifications"],
  summary: "How long it took from the first failed attempt until people knew",
  request: { query: deliveryTimesQuerySchema },
  responses: { 200: answer("Median, p95 and worst", deliveryTimesSchema), ...one },
});

const listChannels = createRoute({
  method: "get",
  path: channels,
  operationId: "listChannels",
  tags: ["channels"],
  summary: "Channels, and how they fare",
  responses: { 200: answer("Every channel, on or off", channelListSchema), ...one },
});

const test = createRoute({
  method: "post",
  path: `${channels}/{id}/test`,
  operationId: "testChannel",
  tags: ["channels"],
  summary: "Sends a test message through a channel now",
  request: { params: channelParamsSchema, ...optionalBody(byBodySchema) },
  responses: {
    200: answer("What became of it", channelTestSchema),
    ...noSuchChannel,
    ...writing,
    ...one,
  },
});

/** GET /api/monitoring/{notifications, delivery-times, channels}, POST …/retry, POST …/test. */
export function addDeliveries(app: OpenAPIHono<ApiEnv>): void {
  app.openapi(list, async (context) => {
    const { DB } = context.get("environment");
    const { state, channel = null, limit, cursor } = context.req.valid("query");
    const filter = { state, channel, before: cursor ?? null };
    const found = await fromDatabase(readNotificationPage(DB, filter, limit + 1));
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const nextCursor = found.length > limit && last ? String(last.place) : null;
    return context.json({ notifications: page.map(shown), nextCursor }, 200);
  });

  app.openapi(retry, async (context) => {
    const { DB } = context.get("environment");
    const id = alertKeyOf(context.req.valid("param").id);
    const { now, by } = actOf(context, context.req.valid("json").by);
    await changeAlerting(
      DB,
      now,
      () => readAlertMemory(DB, now),
      async () => {
        const known = await fromDatabase(readNotification(DB, id));
        if (known === null) throw nothingThere();
        if (known.state !== "dead") {
          throw new ProblemError(
            "conflict",
            `It is ${known.state}: only a dead one is sent again.`,
          );
        }
        const text = `${known.kind} to ${known.channel} is sent again`;
        return {
          writes: { events: [eventOf(known.incident, "retried", by, text)] },
          more: [reviveNotification(DB, id, now)],
          result: undefined,
        };
      },
    );
    const known = await fromDatabase(readNotification(DB, id));
    if (known === null) throw nothingThere();
    return context.json({ notification: shown(known) }, 200);
  });

  app.openapi(times, async (context) => {
    const { DB } = context.get("environment");
    const now = context.get("now");
    const window = { from: now - context.req.valid("query").window, to: now };
    const pages = await fromDatabase(readDeliveredPages(DB, window, mostPages + 1));
    const { incidents, channels: byChannel } = deliveryTimes(pages.slice(0, mostPages));
    return context.json(
      {
        window: { from: instant(window.from), to: instant(window.to) },
        incidents,
        channels: [...byChannel].map(([channel, own]) => ({ channel, ...own })),
        complete: pages.length <= mostPages,
      },
      200,
    );
  });

  app.openapi(listChannels, async (context) => {
    const { DB, PROBE } = context.get("environment");
    const [answered, records, tests, paces, { policies }] = await Promise.all([
      askForChannels(PROBE, context.get("clock")),
      fromDatabase(readChannelRecords(DB, context.get("now") - recordSeconds)),
      fromDatabase(readChannelTests(DB)),
      fromDatabase(readChannelPaces(DB)),
      fromDatabase(readAlertingDocuments(DB)),
    ]);
    const now = context.get("now");
    const all = answered.channels.map((channel) => {
      const pace = paces.get(channel.id);
      const heldUntil = pace !== undefined && pace.heldUntil > now ? pace.heldUntil : null;
      const record = records.get(channel.id);
      const last = tests.find((each) => each.channel === channel.id);
      const naming = policies.filter(({ steps }) =>
        steps.some((step) => step.channels.includes(channel.id)),
      );
      return {
        ...channel,
        usedBy: naming.map(({ id }) => id),
        lastDeliveredAt: instantOrNull(record?.lastDeliveredAt ?? null),
        lastGivenUpAt: instantOrNull(record?.lastGivenUpAt ?? null),
        waiting: record?.waiting ?? 0,
        failing: record?.failing ?? 0,
        dead: record?.dead ?? 0,
        awaySince: instantOrNull(pace?.awaySince ?? null),
        heldUntil: instantOrNull(heldUntil),
        lastTest: last ? testDocument(last) : null,
        nextTestAt: channel.on ? instantOrNull(answered.nextTestAt) : null,
      };
    });
    return context.json({ channels: all, testFault: answered.testFault }, 200);
  });

  app.openapi(test, async (context) => {
    const { DB, PROBE } = context.get("environment");
    const { id } = context.req.valid("param");
    const { now, by } = actOf(context, context.req.valid("json").by);
    const tried = await askForTest(PROBE, context.get("clock"), id, by);
    if (tried.kind === "unknown-channel") {
      throw new ProblemError("not-found", "There is no channel of this id.");
    }
    if (tried.kind === "off") {
      throw new ProblemError("conflict", `The channel is off: ${tried.because}.`);
    }
    const { delivered } = tried;
    await fromDatabase(keepChannelTest(DB, { channel: id, at: now, author: by, delivered }));
    return context.json({ channel: id, at: instant(now), by, delivered }, 200);
  });
}

function shown(one: ListedNotification) {
  return { ...notificationDocument(one), incident: one.number };
}

function testDocument({ at, author, tries, delivered, toldThrough }: ChannelTest) {
  return { at: instant(at), by: author ?? "schedule", tries, delivered, toldThrough };
}

function nothingThere(): ProblemError {
  return new ProblemError("not-found", "There is no notification of this id.");
}
