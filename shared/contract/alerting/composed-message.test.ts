import { describe, expect, it } from "vitest";
import {
  composeMessage,
  type MessageSource,
  type NumberedIncident,
  shortKey,
} from "../../domain/alerting/compose-message.ts";
import type { Alert } from "../../domain/alerting/memory.ts";
import { serviceDown, slow } from "../../domain/alerting/testing/story.ts";
import type { Monitor } from "../../domain/monitor.ts";
import type { Status } from "../../domain/status.ts";
import { monitorOf } from "../../domain/testing/fixtures.ts";
import { messageSchema } from "./message.ts";

const at = 10_000;

function named(id: string): [string, Monitor] {
  return [id, monitorOf({ id, name: `Monitor ${id}` })];
}

function incidentOf(
  monitor: string | null,
  more: Partial<NumberedIncident> = {},
): NumberedIncident {
  return {
    key: `outage/${monitor}/9000`,
    number: 7,
    origin: "outage",
    monitor,
    title: `Monitor ${monitor} is down`,
    startedAt: 9_000,
    detectedAt: 9_030,
    endedAt: null,
    mergedInto: null,
    severity: "critical",
    priority: "P2",
    priorityFixed: false,
    acknowledgedAt: null,
    acknowledgedBy: null,
    snoozedUntil: null,
    page: null,
    labels: {},
    ...more,
  };
}

function alertOf(rule: string, monitor: string | null, more: Partial<Alert> = {}): Alert {
  return {
    key: `${rule}/${monitor}`,
    rule,
    subject: { monitor, region: null, metric: null },
    state: {
      phase: "firing",
      level: "critical",
      since: 9_000,
      firedAt: 9_030,
      criticalSince: 9_000,
      wellSince: null,
      quiet: null,
    },
    value: null,
    detail: "",
    incident: `outage/${monitor}/9000`,
    verdict: null,
    ...more,
  };
}

const cause = {
  reason: "status",
  detail: "status 500",
  regions: ["us-east"],
  regional: false,
} as const;

function statusOf(status: Status) {
  const since = status === "down" ? 9_000 : 9_500;
  return { status, since, cause: status === "down" ? cause : null, unknownReason: null };
}

function compose(
  more: Partial<MessageSource> = {},
  to: Partial<MessageSource["notification"]> = {},
) {
  const source: MessageSource = {
    notification: {
      id: "outage/a/9000/slack/0/trigger",
      kind: "trigger",
      because: "begins",
      fallbackOf: null,
      person: null,
      heard: false,
      ...to,
    },
    incident: incidentOf("a"),
    merged: [],
    alerts: [alertOf("service-down", "a")],
    rules: new Map([serviceDown, slow].map((rule) => [rule.id, rule])),
    monitors: new Map(["a", "b", "c"].map(named)),
    nowOf: ({ id }) => ({
      overall: statusOf(id === "c" ? "up" : "down"),
      regions: [{ id: "us-east", colo: "IAD", status: "down" }],
    }),
    causes: new Map([["outage/c/9000", cause]]),
    budget: { burnedFraction: 0.25, burnRate: 14.4 },
    links: { dashboard: "https://d.example/", api: "https://a.example", runbooks: null },
    at,
    ...more,
  };
  const message = composeMessage(source);
  expect(messageSchema.parse(message)).toEqual(message);
  return message;
}

describe("a message", () => {
  it("links to its rule's runbook, where runbooks are somewhere", () => {
    const links = { dashboard: null, api: null, runbooks: "https://docs.example/runbooks/" };
    expect(compose({ links }).links.runbook).toBe("https://docs.example/runbooks/service-down.md");
    expect(compose().links.runbook).toBeNull();
    const own = { ...serviceDown, runbook: "https://wiki.example/down" };
    const rules = new Map([[own.id, own]]);
    expect(compose({ links, rules }).links.runbook).toBe("https://wiki.example/down");
  });

  it("says what, since when, where, why, how bad, and where to act", () => {
    expect(compose({}, { person: "Ann" })).toMatchObject({
      kind: "trigger",
      idempotencyKey: "outage/a/9000/slack/0/trigger",
      incident: {
        number: 7,
        title: "Monitor a is down",
        startedAt: 9_000,
        dedupKey: "netpost/7/9000",
      },
      monitors: [
        {
          id: "a",
          status: "down",
          since: 9_000,
          regions: [{ id: "us-east", colo: "IAD", status: "down" }],
          reason: "status",
          detail: "status 500",
        },
      ],
      note: "on call: Ann",
      budget: { burnedFraction: 0.25 },
      links: {
        incident: "https://d.example/incidents/7",
        acknowledge: "https://d.example/incidents/7#acknowledge",
      },
    });
  });

  it("names what is merged into its incident, the worst first, and counts the rest", () => {
    const merged = ["c", "b"].map((id) =>
      incidentOf(id, { key: `outage/${id}/9000`, startedAt: 8_900, mergedInto: "outage/a/9000" }),
    );
    const message = compose({ merged });
    expect(message.incident).toMatchObject({
      title: "Monitor a is down, and 2 more monitors",
      startedAt: 8_900,
    });
    expect(message.monitors.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    // It is up by now; what was wrong is still said.
    expect(message.monitors[2]).toMatchObject({ status: "up", detail: "status 500" });
    const many = Array.from({ length: 60 }, (_, index) => `m${index}`);
    const crowd = compose({
      merged: many.map((id) => incidentOf(id, { key: `outage/${id}/9000` })),
      monitors: new Map(["a", ...many].map(named)),
    });
    expect([crowd.monitors.length, crowd.moreMonitors]).toEqual([40, 21]);
  });

  it("has the value that was seen, and the one it was held against", () => {
    const alert = alertOf("slow", "c", { value: 2_345.6, detail: "p95 2346 ms over 300 s" });
    const message = compose({
      incident: incidentOf("c", { origin: "alert" }),
      alerts: [alert],
      causes: new Map(),
    });
    expect(message.monitors[0]).toMatchObject({
      detail: "p95 2346 ms over 300 s",
      actual: "2350 ms",
      threshold: "above 2000 ms",
    });
    expect(message.labels).toEqual({ rules: "slow" });
  });

  it("says in its note what is no monitor's", () => {
    const alert = alertOf("health", null, { detail: "the health score is 55" });
    const message = compose({ incident: incidentOf(null), alerts: [alert] });
    expect(message.monitors).toEqual([]);
    expect(message.note).toBe("the health score is 55");
  });

  it("is of the end where that has come, whatever it was meant to say", () => {
    const ended = incidentOf("a", { endedAt: 9_900, acknowledgedBy: "Ann", acknowledgedAt: 9_600 });
    const message = compose({ incident: ended });
    expect(message.kind).toBe("resolve");
    expect(message.incident.endedAt).toBe(9_900);
    expect(message.links.acknowledge).toBeNull();
    expect(message.note).toBe("Ann has it");
  });

  it("says whose place it takes, and which deadline is near", () => {
    const fallback = { fallbackOf: "x", because: "slack could not be reached: timeout" };
    expect(compose({}, fallback).note).toBe("slack could not be reached: timeout");
    const deadline = { kind: "deadline", because: "response deadline near", heard: true } as const;
    const note = compose({ at: 9_030 + 1_500 }, deadline).note;
    expect(note).toBe("response deadline near; response is due in 5 min");
  });

  it("is called by what remains where that with which it began is over", () => {
    const slowness = alertOf("slow", "a", {
      value: 2_345.6,
      detail: "p95 2346 ms over 300 s",
      incident: "outage/a/9000",
    });
    const over = alertOf("service-down", "a", {
      state: { phase: "resolved", level: "critical", since: 1, firedAt: 1, resolvedAt: 2 },
    });
    const title = (more: Partial<MessageSource>) => compose(more).incident.title;
    expect(title({ alerts: [over, slowness] })).toBe(
      "Monitor a: p95 2346 ms over 300 s; over: Monitor a is down",
    );
    const merged = ["b", "c"].map((id) =>
      incidentOf(id, { key: `outage/${id}/9000`, mergedInto: "outage/a/9000" }),
    );
    const alerts = ["b", "c"].map((id) => alertOf("service-down", id));
    expect(title({ merged, alerts: [slowness, ...alerts] })).toBe(
      "Monitor a: p95 2346 ms over 300 s, and 2 more; over: Monitor a is down",
    );
    expect(title({ merged, alerts: alerts.slice(0, 1) })).toBe(
      "Monitor b is down; over: Monitor a is down",
    );
    expect(title({ alerts: [slowness, alertOf("service-down", "a")] })).toBe("Monitor a is down");
    const ended = { incident: incidentOf("a", { endedAt: 9_900 }), alerts: [over] };
    expect(title(ended)).toBe("Monitor a is down");
  });

  it("has the labels of whoever triggered it by hand, and its message", () => {
    const manual = alertOf("manual", null, {
      detail: "See desk",
      incident: "alert/manual///42/9000",
    });
    const incident = incidentOf(null, {
      key: "alert/manual///42/9000",
      origin: "manual",
      title: "Odd mails",
      labels: { team: "mail", ticket: "NP-7" },
    });
    const message = compose({ incident, alerts: [manual] });
    expect(message.labels).toEqual({ team: "mail", ticket: "NP-7", rules: "manual" });
    expect(message.note).toBe("See desk");
  });

  it("says which deadline is near, also where it is told for another reason", () => {
    const late = compose(
      { at: 9_030 + 1_500 },
      { kind: "escalate", because: "step 2", heard: true },
    );
    expect(late.note).toBe("step 2; response is due in 5 min");
    const answered = incidentOf("a", { acknowledgedAt: 9_100, acknowledgedBy: "Ann" });
    expect(compose({ incident: answered, at: 9_030 + 1_500 }).note).toBe("Ann has it");
  });

  it("has a key that receivers take, and another for another notification", () => {
    const [a, b] = ["a", "b"].map((end) => shortKey(`${"k".repeat(300)}${end}`));
    expect(a?.length).toBe(255);
    expect(a).not.toBe(b);
    expect(a).toBe(shortKey(`${"k".repeat(300)}a`));
  });
});
