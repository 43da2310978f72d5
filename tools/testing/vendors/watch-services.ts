/** Services that watch the same targets, as their published API descriptions say that they answer. */
import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import type { VendorAnswer } from "./statuspage-book.ts";

/** The account that a key opens, and what is left of its limits. */
export const watchedSchema = z.strictObject({
  key: z.string(),
  checks: z.array(z.looseObject({ id: z.int() })),
  limits: z.record(z.string(), z.string()).default({}),
});

type Watched = z.infer<typeof watchedSchema>;

/** https://docs.pingdom.com/api/, version 3.1: GET /checks and /checks/{id} */
export function pingdomAnswer(
  method: string,
  pathAndQuery: string,
  headers: IncomingHttpHeaders,
  watched: Watched | undefined,
): VendorAnswer {
  if (watched === undefined || headers.authorization !== `Bearer ${watched.key}`) {
    return pingdomError(401, "Unauthorized", "Invalid token");
  }
  const path = pathAndQuery.replace(/\?.*$/, "");
  const answer = { status: 200, headers: watched.limits };
  if (method !== "GET") return pingdomError(405, "Method Not Allowed", "GET only");
  if (path === "api/3.1/checks") {
    const { length: total } = watched.checks;
    const checks = watched.checks.map(({ detail: _detail, ...check }) => check);
    return { ...answer, body: { checks, counts: { total, limited: total, filtered: total } } };
  }
  const [, id] = /^api\/3\.1\/checks\/(\d+)$/.exec(path) ?? [];
  const check = watched.checks.find((one) => String(one.id) === id);
  if (check === undefined) return pingdomError(404, "Not Found", "Invalid check identifier");
  const { detail, hostname, ...rest } = check;
  return { ...answer, body: { check: { ...rest, hostname, ...Object(detail) } } };
}

function pingdomError(statuscode: number, statusdesc: string, errormessage: string): VendorAnswer {
  return { status: statuscode, body: { error: { statuscode, statusdesc, errormessage } } };
}

/** https://uptimerobot.com/api/, version 2: POST /getMonitors, the form's values as text */
export function uptimeRobotAnswer(
  method: string,
  path: string,
  body: string,
  watched: Watched | undefined,
): VendorAnswer {
  if (method !== "POST" || path !== "v2/getMonitors") return { status: 404, body: undefined };
  const form = new URLSearchParams(body);
  if (watched === undefined || form.get("api_key") !== watched.key) {
    const error = {
      type: "invalid_parameter",
      parameter_name: "api_key",
      message: "api_key is wrong",
    };
    return { status: 200, body: { stat: "fail", error } };
  }
  const wanted = form.get("monitors")?.split("-");
  const limit = Math.min(50, Number(form.get("limit") ?? 50));
  const offset = Number(form.get("offset") ?? 0);
  const found = watched.checks.filter(({ id }) => wanted?.includes(String(id)) ?? true);
  const monitors = found.slice(offset, offset + limit).map(({ response_times, ...monitor }) => {
    if (form.get("response_times") !== "1") return monitor;
    const most = Number(form.get("response_times_limit") ?? 0) || undefined;
    const times = z.array(z.unknown()).catch([]).parse(response_times).slice(0, most);
    return { ...monitor, response_times: times };
  });
  const pagination = { offset, limit, total: found.length };
  return { status: 200, headers: watched.limits, body: { stat: "ok", pagination, monitors } };
}
