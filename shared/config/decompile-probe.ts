/** The settings of each kind of probe, back from its conditions. */
import type { Condition, HttpExchange, StatusRange } from "../domain/probes/http.ts";
import type { Probe } from "../domain/probes/probe.ts";

type Settings = Record<string, unknown>;

/**
 * What a monitor says of its probe, besides its type.
 *
 * @param baseUrl what stands below it is written as a path
 */
export function decompileProbe(probe: Probe, baseUrl: string): Settings {
  switch (probe.kind) {
    case "http":
      return { ...exchangeOf(probe, baseUrl), ...present({ metrics: probe.metrics }) };
    case "transaction":
      return {
        steps: probe.steps.map((step) => ({
          name: step.name,
          ...exchangeOf(step, baseUrl),
          ...present({ extract: step.extract }),
        })),
        ...expectation(boundsOf(probe.conditions)),
      };
    case "tcp":
      return {
        host: probe.host,
        port: probe.port,
        ...(probe.tls && { tls: true }),
        ...present({ send: probe.send }),
        ...expectation({ ...present({ contains: probe.expect }), ...boundsOf(probe.conditions) }),
      };
    case "websocket":
      return {
        url: pathBelow(baseUrl.replace(/^http/, "ws"), probe.url),
        ...filled("headers", probe.headers),
        ...present({ send: probe.send }),
        ...expectation({ ...present({ contains: probe.expect }), ...boundsOf(probe.conditions) }),
      };
    case "tls":
      return tlsOf(probe);
    case "dns":
      return dnsOf(probe);
    case "heartbeat": {
      const { timetable, graceSeconds, maxRunSeconds } = probe;
      return {
        ...(timetable.kind === "every"
          ? { every: timetable.seconds }
          : { cron: timetable.expression, timeZone: timetable.timeZone }),
        graceSeconds,
        ...present({ maxRunSeconds }),
      };
    }
  }
}

function exchangeOf(exchange: HttpExchange, baseUrl: string): Settings {
  const { url, method, headers, body, auth, redirects, conditions } = exchange;
  return {
    url: pathBelow(baseUrl, url),
    ...(method !== "GET" && { method }),
    ...filled("headers", headers),
    ...present({ body, redirects }),
    ...(auth && { auth: authOf(auth) }),
    ...expectation(answerOf(conditions)),
  };
}

function authOf(auth: NonNullable<HttpExchange["auth"]>): Settings {
  if (auth.kind === "bearer") return { bearer: auth.token };
  return { basic: { username: auth.username, password: auth.password } };
}

function answerOf(conditions: readonly Condition[]): Settings {
  const expect: Settings = {};
  const add = (name: string, demand: unknown) => {
    const list = expect[name];
    expect[name] = Array.isArray(list) ? [...list, demand] : [demand];
  };
  for (const condition of conditions) {
    const { otherwise } = condition;
    const degraded = otherwise === "degraded";
    switch (condition.kind) {
      case "status": {
        const status = condition.allowed.map(statusOf);
        if (status.length !== 1 || status[0] !== "2xx") expect["status"] = status;
        if (degraded) expect["statusOtherwise"] = otherwise;
        break;
      }
      case "latency":
        expect[degraded ? "maxLatencyMs" : "downLatencyMs"] = condition.maxMs;
        break;
      case "size": {
        const bytes = condition.maxBytes;
        expect["maxBodyBytes"] = degraded ? { bytes, otherwise } : bytes;
        break;
      }
      case "text": {
        const text = condition.contains;
        const name = condition.present ? "contains" : "notContains";
        add(name, degraded ? { text, otherwise } : text);
        break;
      }
      case "regex": {
        const { pattern } = condition;
        const name = condition.present ? "matches" : "notMatches";
        add(name, degraded ? { pattern, otherwise } : pattern);
        break;
      }
      case "header":
        add("headers", {
          name: condition.name,
          ...headerDemand(condition.demand),
          ...(degraded && { otherwise }),
        });
        break;
      case "json":
        add("json", {
          path: condition.path,
          ...jsonDemand(condition.demand),
          ...(degraded && { otherwise }),
        });
    }
  }
  return expect;
}

function statusOf({ from, to }: StatusRange): unknown {
  if (from === to) return from;
  return from % 100 === 0 && to === from + 99 ? `${from / 100}xx` : { from, to };
}

function headerDemand(demand: Extract<Condition, { kind: "header" }>["demand"]): Settings {
  if ("value" in demand) return { [demand.test]: demand.value };
  return { [demand.test]: true };
}

function jsonDemand(demand: Extract<Condition, { kind: "json" }>["demand"]): Settings {
  if (demand.test === "exists") return { exists: true };
  return { [demand.test]: demand.test === "oneOf" ? demand.values : demand.value };
}

function tlsOf({ host, port, serverName, conditions }: Extract<Probe, { kind: "tls" }>): Settings {
  const days = new Map(
    conditions.flatMap((each) =>
      each.kind === "days-left" ? [[each.otherwise, each.least] as const] : [],
    ),
  );
  const downDaysLeft = days.get("down") ?? 0;
  const issuer = conditions.find(({ kind }) => kind === "issuer");
  const version = conditions.find(({ kind }) => kind === "version");
  return {
    host,
    ...(port !== 443 && { port }),
    ...(serverName !== host && { serverName }),
    ...(conditions.every(({ kind }) => kind !== "issued") && { allowSelfSigned: true }),
    expect: {
      minDaysLeft: days.get("degraded") ?? downDaysLeft,
      downDaysLeft,
      ...(issuer?.kind === "issuer" && { issuerContains: issuer.contains }),
      ...(version?.kind === "version" && { minVersion: version.least }),
      ...boundsOf(conditions),
    },
  };
}

function dnsOf({ name, recordType, resolver, conditions }: Extract<Probe, { kind: "dns" }>) {
  const contains = conditions.flatMap((each) => (each.kind === "contains" ? [each.value] : []));
  const equals = conditions.find(({ kind }) => kind === "equals");
  const least = conditions.find(({ kind }) => kind === "at-least");
  return {
    host: name,
    record: recordType,
    resolver,
    ...expectation({
      ...(contains.length > 0 && { contains }),
      ...(equals?.kind === "equals" && { equals: equals.values }),
      ...(least?.kind === "at-least" && least.count !== 1 && { atLeast: least.count }),
      ...boundsOf(conditions),
    }),
  };
}

type AnyCondition = { readonly kind: string } | Extract<Condition, { kind: "latency" }>;

function boundsOf(conditions: readonly AnyCondition[]): Settings {
  const bounds = conditions.flatMap((each) => ("maxMs" in each ? [each] : []));
  return Object.fromEntries(
    bounds.map(({ otherwise, maxMs }) => [
      otherwise === "degraded" ? "maxLatencyMs" : "downLatencyMs",
      maxMs,
    ]),
  );
}

function expectation(expect: Settings): Settings {
  return filled("expect", expect);
}

function filled(name: string, settings: object): Settings {
  return Object.keys(settings).length > 0 ? { [name]: settings } : {};
}

function present(settings: Settings): Settings {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined && value !== null),
  );
}

function pathBelow(baseUrl: string, url: string): string {
  const path = url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url;
  return path.startsWith("//") ? url : path;
}
