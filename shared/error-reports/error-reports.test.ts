import { describe, expect, it } from "vitest";
import { Pauses } from "./pauses.ts";
import { scrubberOf, scrubDeep } from "./scrub.ts";
import { readErrorReportSettings } from "./settings.ts";
import { StormLimit } from "./storm-limit.ts";

const bound = { windowMs: 60_000, most: 20, mostAlike: 3 };

describe("the bound of a storm", () => {
  it("lets at most twenty of 10,000 errors a minute through, and counts every other one", () => {
    const limit = new StormLimit(bound);
    let passed = 0;
    for (let index = 0; index < 10_000; index += 1) {
      if (limit.admit(`kind ${index % 40}`, index * 5)) passed += 1;
    }
    expect(passed).toBe(20);
    expect(limit.settle(59_999)).toBeNull();
    const told = limit.settle(60_000);
    expect(told).toMatchObject({ since: 0, total: 9_980, byKind: { "kind 39": 250 } });
    expect(limit.settle(60_001)).toBeNull();
  });

  it("lets three of a kind through, so that another kind is still seen", () => {
    const limit = new StormLimit(bound);
    const alike = Array.from({ length: 100 }, () => limit.admit("the same", 0));
    expect(alike.filter(Boolean)).toHaveLength(3);
    expect(limit.admit("another", 1)).toBe(true);
  });

  it("begins again when the window is over, and keeps what nobody has told yet", () => {
    const limit = new StormLimit(bound);
    for (let index = 0; index < 5; index += 1) limit.admit("a", 0);
    expect(limit.admit("a", 60_000)).toBe(true);
    expect(limit.isHolding).toBe(true);
    expect(limit.settle(120_000)).toMatchObject({ total: 2, byKind: { a: 2 } });
  });

  it("counts without end only as many kinds as it can keep", () => {
    const limit = new StormLimit({ ...bound, most: 0 });
    for (let index = 0; index < 1_000; index += 1) limit.admit(`kind ${index}`, 0);
    const told = limit.settle(60_000);
    expect(Object.keys(told?.byKind ?? {})).toHaveLength(51);
    expect(told?.byKind["other"]).toBe(950);
  });
});

describe("a pause that Sentry asks for", () => {
  it.each([
    ["Retry-After in seconds", 429, { "Retry-After": "120" }, "error", 120],
    ["Retry-After as a date", 429, { "Retry-After": new Date(90_000).toUTCString() }, "error", 90],
    ["a 429 that does not say", 429, {}, "monitor", 60],
    ["a limit of all kinds", 200, { "X-Sentry-Rate-Limits": "30::organization" }, "error", 30],
    ["of one", 429, { "X-Sentry-Rate-Limits": "30:monitor;error:key" }, "error", 30],
    ["longer than an hour", 429, { "Retry-After": "999999" }, "error", 3_600],
  ] as const)("by %s is kept", (_, status, headers, category, seconds) => {
    const pauses = new Pauses();
    pauses.heed(status, new Headers(headers), 0);
    expect(pauses.isOver(category, seconds * 1000 - 1)).toBe(false);
    expect(pauses.isOver(category, seconds * 1000)).toBe(true);
  });

  it("of another kind, or after a failure that asks for none, holds nothing back", () => {
    const pauses = new Pauses();
    pauses.heed(429, new Headers({ "X-Sentry-Rate-Limits": "60:transaction:key" }), 0);
    pauses.heed(500, new Headers(), 0);
    expect(pauses.isOver("error", 1)).toBe(true);
    expect(pauses.isOver("transaction", 1)).toBe(false);
  });
});

const env = {
  ADMIN_TOKEN: "planted-admin-token-1",
  SMTP_PASS: "p1ant&d",
  SLACK_WEBHOOK_URL: "https://hooks.slack.example/services/T0/B0/plantedplantedplanted",
  PROBE_BASIC: "planted-basic-auth",
  MONITOR_INFO_URL: "https://netpost.example/monitoring",
  SENTRY_ENVIRONMENT: "production",
  ALERT_EMAIL_ENABLED: "true",
  DB: { prepare: "planted" },
};

describe("scrubbing", () => {
  const { all, secrets } = scrubberOf(env);

  it.each([
    ["a setting", "refused planted-admin-token-1 there"],
    ["a short key", "login with p1ant&d failed"],
    ["a setting, percent-encoded", `?x=${encodeURIComponent("p1ant&d")}`],
    ["a setting in base64", `Basic ${btoa("planted-basic-auth")}`],
    ["a part of a URL that is one", "POST /T0/B0/plantedplantedplanted: 404"],
    ["an Authorization", "Authorization: Bearer planted.Xyz-1"],
    ["a cookie", 'headers {"cookie":"session=planted; a=planted"}'],
    ["a key that we issued", "no such key npk_plantedplanted12"],
    ["a ping's address", "GET /api/ping/planted-token/fail"],
    ["a password in a URL", "connect postgres://app:planted@db.example/x"],
    ["a JWT", "token eyJplantedplanted.eyJplanted.planted"],
  ])("takes %s out, for our log too", (_, text) => {
    for (const clean of [all(text), secrets(text)]) {
      expect(clean).toContain("<secret>");
      expect(clean).not.toMatch(/planted|p1ant/);
    }
    expect(all(text)).not.toContain(btoa("planted-basic-auth"));
  });

  it.each([
    ["a query string", "GET https://netpost.example/x?planted=1#planted", "<query>"],
    ["a path's query", 'from "/api/status?planted"', "<query>"],
    ["an e-mail address", "to planted.user+x@mail.example.com now", "<email>"],
    ["an IPv4 address", "connect 203.0.113.77:443", "<address>"],
    ["an IPv6 address", "from 2001:db8::77 port 1", "<address>"],
    ["a long one", "from 2001:db8:1:2:3:4:5:77", "<address>"],
  ])("takes %s out of what is sent", (_, text, place) => {
    const clean = all(text);
    expect(clean).toContain(place);
    expect(clean).not.toMatch(/planted|77/);
  });

  it.each([
    "settings of the api Worker: ADMIN_TOKEN: at least 16 characters, visible ASCII",
    "D1_ERROR: no such table: results at 2026-11-24T04:03:53.123Z in index.js:12:34",
    "https://netpost.example/monitoring in production is true: 0.1.0, 1.20261102.1",
    "the object asked twice for its slice of the plan",
  ])("leaves alone %s", (text) => {
    expect(all(text)).toBe(text);
  });

  it("goes as deep as an event does, by the name of a field too, and cuts only afterwards", () => {
    const event = {
      exception: { values: [{ value: `${"x".repeat(990)} planted-admin-token-1` }] },
      extra: { password: "anything", list: ["203.0.113.77"], count: 3 },
    };
    scrubDeep(event, all);
    expect(event.extra).toEqual({ password: "<secret>", list: ["<address>"], count: 3 });
    expect(event.exception.values[0]?.value).toHaveLength(999);
    expect(JSON.stringify(event)).not.toContain("planted");
  });

  it("takes time in proportion to the text, whatever the text is", () => {
    const startedAt = performance.now();
    for (const unit of ["a.", "a:", "/", "x=", "1.", "eyJ", "secret"]) all(unit.repeat(8_000));
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  });
});

describe("the settings", () => {
  const SENTRY_DSN_BACKEND = "https://abc@o1.ingest.sentry.io/42";

  it("are off without a DSN, which is no fault", () => {
    expect(readErrorReportSettings({ SENTRY_DSN_BACKEND: "" })).toMatchObject({
      dsn: null,
      fault: null,
    });
  });

  it.each([
    ["SENTRY_DSN_BACKEND", "https://sentry.io/planted", { dsn: null }],
    ["SENTRY_TRACES_SAMPLE_RATE", "planted", { dsn: SENTRY_DSN_BACKEND, tracesSampleRate: 0.01 }],
    ["SENTRY_TRACES_SAMPLE_RATE", "1.5", { tracesSampleRate: 0.01 }],
    ["SENTRY_CRON_MONITOR_SLUG", "Planted!", { cronMonitor: "netpost-monitoring-tick" }],
    ["SENTRY_ENVIRONMENT", "two planted", { environment: "production" }],
  ])(
    "name %s where it is malformed, never its value, and go on without it",
    (name, value, rest) => {
      const settings = readErrorReportSettings({ SENTRY_DSN_BACKEND, [name]: value });
      expect(settings).toMatchObject(rest);
      expect(settings.fault).toContain(`${name}: `);
      expect(settings.fault).not.toMatch(/planted/i);
    },
  );

  it("have no check-ins where they are off", () => {
    const settings = readErrorReportSettings({ SENTRY_CRON_MONITOR_SLUG: "off" });
    expect(settings.cronMonitor).toBeNull();
  });
});
