// What is monitored. `npm run netpost -- plan` shows what a change here would do, and
// `npm run netpost -- apply` puts it into force; every setting is in shared/config/.
import { defineConfig } from "./shared/config/schema.ts";

export default defineConfig({
  // Where NetPost is; NETPOST_BASE_URL or --base-url take its place. Urls below are paths in it.
  baseUrl: "https://netpost.example",

  // Where NetPost is probed from: a region is one line, near one of Cloudflare's location hints.
  regions: {
    "us-east": { locationHint: "enam" },
    "us-west": { locationHint: "wnam" },
    "eu-west": { locationHint: "weur" },
  },

  // Asked by a region in which targets fail: if none of these answers, the fault is the region's,
  // and what it saw is unknown rather than down.
  controls: ["https://www.cloudflare.com/cdn-cgi/trace", "https://www.google.com/generate_204"],

  // For every monitor that does not say otherwise.
  defaults: {
    intervalSeconds: 60, // 10, 20, 30, or whole minutes
    timeoutMs: 5_000, // of one attempt
    attempts: 3, // the first try and its repetitions, with exponential backoff between them
    quorum: "majority", // of the reporting regions must fail for a monitor to be down
    sloTarget: 0.999,
  },

  // The day of the last review that docs/MAINTENANCE_PROCEDURES.md and docs/INCIDENT_RESPONSE.md carry.
  kpis: { docsReviewedOn: "2026-11-24" },

  // What numbers mean that probes find below, or NetPost pushes (docs/monitors.md). From `warning` on
  // a metric costs points of the health score, from `critical` on all of its category's.
  metrics: [
    { name: "databaseQueryMs", unit: "ms", category: "database", warning: 500, critical: 1_000 },
    {
      name: "externalServicesMs",
      unit: "ms",
      category: "external",
      warning: 1_000,
      critical: 2_000,
    },
    { name: "responseTimeP95Ms", unit: "ms", category: "system", warning: 1_000, critical: 2_000 },
    { name: "errorRatePercent", unit: "%", category: "system", warning: 5, critical: 10 },
    // The worst of those that tell it: one that is full is not made up for by another.
    {
      name: "memoryMb",
      unit: "MB",
      category: "system",
      warning: 400,
      critical: 500,
      aggregate: "max",
    },
    { name: "requestsPerSecond", unit: "1/s" },
  ],

  // A monitor is up when its answer is as it is expected here. Status and content fail to down,
  // `maxLatencyMs` to degraded; a JSON condition can say `otherwise: "degraded"`. The category is
  // the part of the health score that a monitor counts towards.
  monitors: [
    {
      id: "api-health",
      name: "API health",
      group: "Health",
      category: "system",
      url: "/api/health",
      expect: { maxLatencyMs: 2_000, json: [{ path: "$.status", equals: "ok" }] },
    },
    {
      id: "api-health-detailed",
      name: "API health, all parts",
      group: "Health",
      url: "/api/health/detailed",
      expect: {
        maxLatencyMs: 2_000,
        json: [
          { path: "$.status", equals: "ok" },
          { path: "$.checks.*.status", equals: "ok", otherwise: "degraded" },
        ],
      },
      // Numbers of NetPost's own, kept with every result.
      metrics: {
        databaseMs: "$.checks.database.responseTimeMs",
        databaseQueryMs: "$.checks.database.queryTimeMs",
        memoryMb: "$.checks.system.memoryMb",
        cpuPercent: "$.checks.system.cpuPercent",
        externalServicesMs: "$.checks.externalServices.responseTimeMs",
      },
    },
    {
      // The same answer once more, for the one part of the score that nothing else asks about.
      id: "external-services",
      name: "External services, as NetPost sees them",
      group: "Health",
      category: "external",
      url: "/api/health/detailed",
      expect: {
        maxLatencyMs: 2_000,
        json: [
          { path: "$.checks.externalServices.status", equals: "ok" },
          {
            path: "$.checks.externalServices.services.*.status",
            equals: "ok",
            otherwise: "degraded",
          },
        ],
      },
    },
    {
      id: "api-metrics",
      name: "API metrics",
      group: "Health",
      category: "system",
      url: "/api/metrics",
      expect: { maxLatencyMs: 2_000, json: [{ path: "$.requests.total", atLeast: 0 }] },
      metrics: {
        requestsPerSecond: "$.requests.perSecond",
        errorRatePercent: "$.requests.errorRatePercent",
        responseTimeP95Ms: "$.responseTimeMs.p95",
        memoryMb: "$.memoryMb",
        databaseQueryMs: "$.database.queryTimeMs",
      },
    },
    {
      id: "api-ready",
      name: "API readiness",
      group: "Health",
      category: "dependencies",
      url: "/api/health/ready",
      expect: { maxLatencyMs: 2_000, json: [{ path: "$.status", equals: "ready" }] },
    },
    {
      id: "api-live",
      name: "API liveness",
      group: "Health",
      category: "system",
      url: "/api/health/live",
      expect: { maxLatencyMs: 2_000, json: [{ path: "$.status", equals: "alive" }] },
    },

    {
      id: "dashboard-home",
      name: "Dashboard home page",
      group: "Dashboard",
      category: "system",
      url: "/",
      redirects: 3,
      expect: {
        maxLatencyMs: 2_000,
        headers: [{ name: "content-type", contains: "text/html" }],
        contains: ["NetPost", "</html>"],
      },
    },

    {
      id: "auth-providers",
      name: "Sign-in methods",
      group: "Authentication",
      category: "security",
      url: "/api/auth/providers",
      expect: { maxLatencyMs: 2_000, json: [{ path: "$.providers[0].id", exists: true }] },
    },
    {
      // No credentials: what is checked is that the endpoint works and lets nobody in without.
      id: "auth-login",
      name: "Login refuses an empty form",
      group: "Authentication",
      category: "security",
      url: "/api/auth/login",
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
      expect: { status: [400, 401, 422], maxLatencyMs: 2_000 },
    },
    {
      id: "auth-session",
      name: "Session refuses strangers",
      group: "Authentication",
      category: "security",
      url: "/api/auth/session",
      expect: { status: [401], maxLatencyMs: 2_000 },
    },
    {
      id: "auth-logout",
      name: "Logout refuses strangers",
      group: "Authentication",
      category: "security",
      url: "/api/auth/logout",
      method: "POST",
      expect: { status: [401], maxLatencyMs: 2_000 },
    },
    {
      // What a user does, with an account of the monitoring's own. `timeoutMs` is for all steps. It
      // leaves a post each time: a real NetPost may want a longer interval.
      id: "session",
      type: "transaction",
      name: "Log in, post, read, log out",
      group: "Authentication",
      category: "security",
      timeoutMs: 10_000,
      expect: { maxLatencyMs: 4_000 },
      steps: [
        {
          name: "log-in",
          url: "/api/auth/login",
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({
            email: "monitor@netpost.example",
            password: "{{secret.PROBE_LOGIN_PASSWORD}}",
          }),
          extract: { token: "$.token" },
        },
        {
          name: "create",
          url: "/api/posts",
          method: "POST",
          auth: { bearer: "{{token}}" },
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ title: "Probe", body: "Written by the monitoring." }),
          expect: { status: [201] },
          extract: { post: "$.id" },
        },
        {
          name: "read-back",
          url: "/api/posts/{{post}}",
          expect: { json: [{ path: "$.title", equals: "Probe" }] },
        },
        {
          name: "log-out",
          url: "/api/auth/logout",
          method: "POST",
          auth: { bearer: "{{token}}" },
          expect: { status: [204] },
        },
      ],
    },

    {
      id: "posts-list",
      name: "List of posts",
      group: "Core",
      category: "database",
      url: "/api/posts",
      expect: { maxLatencyMs: 2_000, json: [{ path: "$.items[0].id", exists: true }] },
    },
    {
      id: "posts-read",
      name: "One post",
      group: "Core",
      category: "database",
      url: "/api/posts/1",
      expect: { maxLatencyMs: 2_000, json: [{ path: "$.id", equals: "1" }] },
    },
    {
      id: "posts-create",
      name: "New post refuses strangers",
      group: "Core",
      category: "security",
      url: "/api/posts",
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
      expect: { status: [401], maxLatencyMs: 2_000 },
    },
    {
      id: "feed",
      name: "Feed",
      group: "Core",
      category: "database",
      url: "/api/feed",
      expect: { maxLatencyMs: 2_000, json: [{ path: "$.items[0].title", exists: true }] },
    },
    {
      id: "search",
      name: "Search",
      group: "Core",
      category: "database",
      url: "/api/search?q=feed",
      expect: { maxLatencyMs: 2_000, json: [{ path: "$.total", atLeast: 1 }] },
    },
  ],
});
