/** UptimeRobot's API v2: `getMonitors` tells of at most 50 at a time (uptimerobot.com/api). */

import { z } from "zod";
import { outsideBounds } from "../../../shared/domain/outside-bounds.ts";
import type { Sighting } from "../../../shared/domain/vantage-point.ts";
import { askService, type ServiceContext } from "../exporters/ask-service.ts";
import {
  type Allowance,
  malformed,
  type NotRead,
  notRead,
  pauseOf,
  type WatchService,
} from "./watch-service.ts";

const perRequest = outsideBounds.uptimeRobotChecks;
const mostBytes = 1_048_576;

const monitorSchema = z.looseObject({
  id: z.int(),
  status: z.int(),
  /** Seconds. */
  interval: z.coerce.number().int().positive().catch(300),
  /** The newest first; `datetime` in epoch seconds, `value` in ms. */
  response_times: z
    .array(z.looseObject({ datetime: z.int(), value: z.number() }))
    .optional()
    .catch(undefined),
});

const answerSchema = z.union([
  z.looseObject({ stat: z.literal("ok"), monitors: z.array(monitorSchema) }),
  z.looseObject({
    stat: z.literal("fail"),
    error: z.looseObject({ type: z.string().catch("unknown"), message: z.string().catch("") }),
  }),
]);

const statuses = new Map<number, Sighting["status"]>([
  [0, "paused"],
  [1, "not-known"],
  [2, "up"],
  // "Seems down": it looks again from elsewhere.
  [8, "unconfirmed"],
  [9, "down"],
]);

type Page =
  | { readonly kind: "page"; readonly sightings: Sighting[]; readonly allowances: Allowance[] }
  | NotRead;

/** @param url of its API, without `/v2` */
export function uptimeRobot(url: string, key: string): WatchService {
  return {
    service: "uptimerobot",
    async read(checks, context) {
      const sightings: Sighting[] = [];
      let allowances: Allowance[] = [];
      const requests = Math.ceil(checks.length / perRequest);
      for (let page = 0; page < requests; page += 1) {
        const some = checks.slice(page * perRequest, (page + 1) * perRequest);
        const told = await readPage(
          new URL(`${url.replace(/\/+$/, "")}/v2/getMonitors`),
          key,
          some,
          context,
        );
        if (told.kind === "not-read") return told;
        sightings.push(...told.sightings);
        allowances = told.allowances;
      }
      return { kind: "read", sightings, pauseSeconds: pauseOf(allowances, requests) };
    },
  };
}

async function readPage(
  url: URL,
  key: string,
  checks: readonly string[],
  context: ServiceContext,
): Promise<Page> {
  const form = {
    ...{ api_key: key, format: "json", monitors: checks.join("-"), limit: String(perRequest) },
    ...{ logs: "0", response_times: "1", response_times_limit: "1" },
  };
  const answer = await askService(
    {
      method: "POST",
      url,
      headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
      body: new URLSearchParams(form).toString(),
      mostBytes,
    },
    context,
  );
  if (answer.kind === "none") return notRead(answer);
  const allowances = allowancesIn(answer.headers, context.clock.now());
  if (answer.status !== 200) {
    return notRead(answer, answer.status === 429 ? pauseOf(allowances, 1) : null);
  }
  const parsed = answerSchema.safeParse(answer.json);
  if (!parsed.success) return malformed("the answer is no list of monitors");
  if (parsed.data.stat === "fail") {
    const { type, message } = parsed.data.error;
    return {
      kind: "not-read",
      // It refuses a key with status 200.
      reason: /api_?key/i.test(`${type} ${message}`) ? "unauthorized" : "rejected",
      detail: context.redact(`${type}: ${message}`).slice(0, 120),
      waitSeconds: null,
    };
  }
  const sightings = parsed.data.monitors.map(sightingOf);
  return { kind: "page", sightings, allowances };
}

function sightingOf({
  id,
  status,
  interval,
  response_times,
}: z.output<typeof monitorSchema>): Sighting {
  const known = statuses.get(status) ?? "not-known";
  const newest = response_times?.[0];
  return {
    check: String(id),
    status: known,
    // Response times are of successes: when it saw a failure last, it does not say.
    testedAt: known === "up" ? (newest?.datetime ?? null) : null,
    intervalSeconds: interval,
    latencyMs: known === "up" && newest !== undefined ? Math.round(newest.value) : null,
  };
}

/** `X-RateLimit-Reset` is a time, epoch seconds. */
function allowancesIn(headers: Headers, nowMs: number): Allowance[] {
  const remaining = headers.get("X-RateLimit-Remaining");
  const reset = headers.get("X-RateLimit-Reset");
  if (!/^\d+$/.test(remaining ?? "") || !/^\d+$/.test(reset ?? "")) return [];
  const resetSeconds = Math.max(1, Math.ceil(Number(reset) - nowMs / 1000));
  return [{ remaining: Number(remaining), resetSeconds }];
}
