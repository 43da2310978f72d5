/** Pingdom's API 3.1: one request lists all checks with what they saw last (docs.pingdom.com/api). */
import { z } from "zod";
import type { Sighting } from "../../../shared/domain/vantage-point.ts";
import { askService } from "../exporters/ask-service.ts";
import { type Allowance, malformed, notRead, pauseOf, type WatchService } from "./watch-service.ts";

/** A check is some 400 bytes. */
const mostBytes = 4_194_304;

// Not every attribute is always there, as its description says.
const answerSchema = z.looseObject({
  checks: z.array(
    z.looseObject({
      id: z.int(),
      status: z.string(),
      /** Minutes. */
      resolution: z.int().positive().default(1),
      /** Epoch seconds. */
      lasttesttime: z.int().nullish(),
      /** ms. */
      lastresponsetime: z.int().nullish(),
    }),
  ),
});

const statuses = new Map<string, Sighting["status"]>([
  ["up", "up"],
  ["down", "down"],
  ["unconfirmed_down", "unconfirmed"],
  ["paused", "paused"],
]);

/** @param url of its API, without `/api/3.1` */
export function pingdom(url: string, key: string): WatchService {
  return {
    service: "pingdom",
    async read(checks, context) {
      const answer = await askService(
        {
          method: "GET",
          url: new URL(`${url.replace(/\/+$/, "")}/api/3.1/checks`),
          headers: { Authorization: `Bearer ${key}`, Accept: "application/json" },
          mostBytes,
        },
        context,
      );
      if (answer.kind === "none") return notRead(answer);
      const allowances = allowancesIn(answer.headers);
      if (answer.status !== 200) {
        const spent = answer.status === 429 ? pauseOf(allowances, 1) : 0;
        return notRead(answer, spent === 0 ? null : spent);
      }
      const parsed = answerSchema.safeParse(answer.json);
      if (!parsed.success) return malformed("the answer is no list of checks");
      const wanted = new Set(checks);
      const sightings = parsed.data.checks
        .filter(({ id }) => wanted.has(String(id)))
        .map(
          ({ id, status, resolution, lasttesttime, lastresponsetime }): Sighting => ({
            check: String(id),
            // A status that a later version brings says nothing yet.
            status: lasttesttime ? (statuses.get(status) ?? "not-known") : "not-known",
            testedAt: lasttesttime ?? null,
            intervalSeconds: resolution * 60,
            latencyMs: lastresponsetime ?? null,
          }),
        );
      return { kind: "read", sightings, pauseSeconds: pauseOf(allowances, 1) };
    },
  };
}

/** Its two limits, of an hour and of a month: `Remaining: 394 Time until reset: 3589`. */
function allowancesIn(headers: Headers): Allowance[] {
  return ["Req-Limit-Short", "Req-Limit-Long"].flatMap((name) => {
    const said = /Remaining: (\d+) Time until reset: (\d+)/.exec(headers.get(name) ?? "");
    return said ? [{ remaining: Number(said[1]), resetSeconds: Number(said[2]) }] : [];
  });
}
