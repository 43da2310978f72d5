/**
 * What each request needs to be let in, in one table: reading is what is not in it. The checks come
 * before the routes' validators, so that who may not do something learns nothing of what is valid.
 */
import { createMiddleware } from "hono/factory";
import { allows, type Scope } from "../../shared/domain/access.ts";
import type { ApiEnv } from "./context.ts";
import { invalidRequest, ProblemError } from "./problems.ts";

/** What needs more than `read`. */
export interface Guarded {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** As the route has it, `{}` around parameters. */
  readonly path: string;
  readonly scope: Scope;
  /** Its operationId, by which the audit knows it; null: it is not audited. */
  readonly action: string | null;
  /** The answer is too long to keep, or no state of anything. */
  readonly keepsAnswer: boolean;
}

const base = "/api/monitoring";

function guard(
  scope: Scope,
  method: Guarded["method"],
  path: string,
  action: string | null,
  keepsAnswer = true,
): Guarded {
  return { method, path: `${base}${path}`, scope, action, keepsAnswer };
}

/** All writes, and the reads that not every reader may make. */
export const guarded: readonly Guarded[] = [
  // What machines do is data, and no action of anybody's.
  guard("push-metrics", "POST", "/metrics", null),
  guard("ping", "POST", "/heartbeats/{id}/{signal}", null),

  guard("operate", "POST", "/alerts", "triggerAlert"),
  guard("operate", "POST", "/alerts/{id}/resolve", "resolveAlert"),
  guard("operate", "POST", "/incidents/{number}/acknowledge", "acknowledgeIncident"),
  guard("operate", "POST", "/incidents/{number}/updates", "addIncidentUpdate"),
  guard("operate", "POST", "/incidents/{number}/assign", "assignIncident"),
  guard("operate", "POST", "/incidents/{number}/snooze", "snoozeIncident"),
  guard("operate", "POST", "/incidents/{number}/priority", "setIncidentPriority"),
  guard("operate", "POST", "/incidents/{number}/merge", "mergeIncident"),
  guard("operate", "POST", "/incidents/{number}/resolve", "resolveIncident"),
  guard("operate", "POST", "/incidents/{number}/false-alarm", "markFalseAlarm"),
  guard("operate", "DELETE", "/incidents/{number}/false-alarm", "unmarkFalseAlarm"),
  guard("operate", "PUT", "/incidents/{number}/review", "writeIncidentReview"),
  guard("operate", "POST", "/silences", "createSilence"),
  guard("operate", "DELETE", "/silences/{id}", "endSilence"),
  guard("operate", "POST", "/notifications/{id}/retry", "retryNotification"),
  guard("operate", "POST", "/channels/{id}/test", "testChannel"),
  guard("operate", "POST", "/monitors/{id}/probe", "probeMonitor", false),
  guard("operate", "POST", "/performance", "runBenchmark", false),
  guard("operate", "POST", "/backtest", "runBacktest", false),

  guard("admin", "PUT", "/alerts", "putRuleByBody"),
  guard("admin", "DELETE", "/alerts", "deleteRuleByQuery"),
  guard("admin", "POST", "/rules", "createRule"),
  guard("admin", "PUT", "/rules/{id}", "putRule"),
  guard("admin", "PATCH", "/rules/{id}", "changeRule"),
  guard("admin", "DELETE", "/rules/{id}", "deleteRule"),
  guard("admin", "PUT", "/escalations/{id}", "putPolicy"),
  guard("admin", "DELETE", "/escalations/{id}", "deletePolicy"),
  guard("admin", "PUT", "/rotations/{id}", "putRotation"),
  guard("admin", "DELETE", "/rotations/{id}", "deleteRotation"),
  guard("admin", "POST", "/maintenance", "createMaintenance"),
  guard("admin", "PATCH", "/maintenance/{id}", "changeMaintenance"),
  guard("admin", "DELETE", "/maintenance/{id}", "cancelMaintenance"),
  guard("admin", "POST", "/maintenance/{id}/end", "endMaintenance"),
  guard("admin", "POST", "/reports", "makeReport"),

  guard("admin", "GET", "/keys", null),
  guard("admin", "GET", "/keys/{id}", null),
  guard("admin", "POST", "/keys", "issueKey"),
  guard("admin", "POST", "/keys/{id}/rotate", "rotateKey"),
  guard("admin", "DELETE", "/keys/{id}", "revokeKey"),
  guard("admin", "GET", "/audit", null),
  guard("admin", "GET", "/audit.ndjson", null),
];

const patterns = guarded.map((one) => ({
  one,
  pattern: new RegExp(`^${one.path.replaceAll(".", "\\.").replaceAll(/\{[^}]+\}/g, "[^/]+")}$`),
}));

const reading = ["GET", "HEAD", "OPTIONS"];

/** The entry of a request; null where none is. */
export function guardedBy(method: string, path: string): Guarded | null {
  const asked = method === "HEAD" ? "GET" : method;
  return (
    patterns.find(({ one, pattern }) => one.method === asked && pattern.test(path))?.one ?? null
  );
}

/** The scope that a request needs. A write that is not in the table is for admins alone. */
export function scopeOf(method: string, path: string): Scope {
  return guardedBy(method, path)?.scope ?? (reading.includes(method) ? "read" : "admin");
}

/** Lets in who may do what is asked for; of writes, takes only JSON. */
export const authorise = createMiddleware<ApiEnv>(async (context, next) => {
  const { method, path } = context.req;
  const identity = context.get("identity");
  const scope = scopeOf(method, path);
  if (!allows(identity.scopes, scope)) {
    throw new ProblemError("forbidden", `This needs the scope ${scope}.`);
  }
  if (!reading.includes(method)) {
    if (identity.isBrowser && context.req.header("Origin") !== new URL(context.req.url).origin) {
      throw new ProblemError("forbidden", "A person's browser may write from our own pages only.");
    }
    const type = context.req.header("Content-Type") ?? "";
    // A body of another type would not be looked at.
    if (!/^application\/json\s*(?:;|$)/i.test(type) && (await hasBody(context.req.raw, type))) {
      throw invalidRequest([{ field: "Content-Type", message: "application/json" }]);
    }
  }
  await next();
});

/** Over HTTP a request may have a stream with nothing in it. */
async function hasBody(request: Request, type: string): Promise<boolean> {
  if (request.body === null || request.headers.get("Content-Length") === "0") return false;
  return type !== "" || (await request.clone().text()) !== "";
}
