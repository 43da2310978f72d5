import { type Answer, json } from "./answer.ts";
import type { Drift } from "./drift.ts";

/** The version NetPost says it runs. */
const NETPOST_VERSION = "4.12.0";
const MEMORY_LIMIT_MB = 512;
const REQUESTS_PER_SECOND = 42;

/** What NetPost says about itself at one moment. All numbers stay inside the healthy range. */
export class HealthAnswers {
  readonly #drift: Drift;
  readonly #startedAt: number;

  /** `startedAt` is epoch ms. */
  constructor(drift: Drift, startedAt: number) {
    this.#drift = drift;
    this.#startedAt = startedAt;
  }

  basic(now: number): Answer {
    return json({ status: "ok", ...this.#identity(now) });
  }

  detailed(now: number): Answer {
    return json({
      status: "ok",
      ...this.#identity(now),
      checks: {
        database: this.#database(now),
        externalServices: this.#externalServices(now),
        system: this.#system(now),
        security: this.#security(now),
        dependencies: this.#dependencies(now),
      },
    });
  }

  ready(now: number): Answer {
    const checks = { database: "ok", cache: "ok", queue: "ok" };
    return json({ status: "ready", checks, timestamp: iso(now) });
  }

  live(now: number): Answer {
    return json({ status: "alive", timestamp: iso(now) });
  }

  metrics(now: number): Answer {
    return json({
      timestamp: iso(now),
      requests: {
        total: Math.round(this.#uptimeSeconds(now) * REQUESTS_PER_SECOND),
        perSecond: this.#tenths("requests", REQUESTS_PER_SECOND - 8, REQUESTS_PER_SECOND + 8, now),
        errorRatePercent: this.#hundredths("errorRate", 0.1, 0.8, now),
      },
      responseTimeMs: {
        avg: this.#tenths("avg", 110, 220, now),
        p95: this.#tenths("p95", 320, 480, now),
        p99: this.#tenths("p99", 520, 780, now),
      },
      memoryMb: this.#memoryMb(now),
      database: {
        queryTimeMs: this.#tenths("queryTime", 18, 70, now),
        connections: this.#whole("connections", 6, 18, now),
      },
    });
  }

  #identity(now: number) {
    return {
      version: NETPOST_VERSION,
      uptimeSeconds: this.#uptimeSeconds(now),
      timestamp: iso(now),
    };
  }

  #database(now: number) {
    return {
      status: "ok",
      responseTimeMs: this.#tenths("databasePing", 2, 9, now),
      queryTimeMs: this.#tenths("queryTime", 18, 70, now),
      connections: {
        active: this.#whole("connections", 6, 18, now),
        idle: this.#whole("idleConnections", 2, 8, now),
        max: 50,
      },
    };
  }

  #externalServices(now: number) {
    const service = (name: string, min: number, max: number) => ({
      status: "ok",
      responseTimeMs: this.#tenths(name, min, max, now),
    });
    return {
      status: "ok",
      responseTimeMs: this.#tenths("mail", 40, 110, now),
      services: {
        mail: service("mail", 40, 110),
        objectStorage: service("objectStorage", 15, 60),
        payments: service("payments", 60, 180),
      },
    };
  }

  #system(now: number) {
    return {
      status: "ok",
      memoryMb: this.#memoryMb(now),
      memoryLimitMb: MEMORY_LIMIT_MB,
      cpuPercent: this.#tenths("cpu", 12, 38, now),
      diskUsedPercent: this.#tenths("disk", 41, 44, now),
      eventLoopLagMs: this.#tenths("eventLoopLag", 0.4, 3, now),
    };
  }

  #security(now: number) {
    return {
      status: "ok",
      failedLoginsPerMinute: this.#whole("failedLogins", 0, 6, now),
      rateLimitedPerMinute: this.#whole("rateLimited", 0, 4, now),
      certificateDaysLeft: 61,
      openVulnerabilities: 0,
    };
  }

  #dependencies(now: number) {
    return {
      status: "ok",
      total: 84,
      outdated: 3,
      vulnerable: 0,
      cache: { status: "ok", hitRatePercent: this.#tenths("cacheHits", 91, 98, now) },
      queue: { status: "ok", depth: this.#whole("queueDepth", 0, 25, now) },
    };
  }

  #uptimeSeconds(now: number): number {
    return Math.max(0, Math.floor((now - this.#startedAt) / 1000));
  }

  #memoryMb(now: number): number {
    return this.#tenths("memory", 210, 290, now);
  }

  #whole(name: string, min: number, max: number, now: number): number {
    return Math.round(this.#drift(name, min, max, now));
  }

  #tenths(name: string, min: number, max: number, now: number): number {
    return Math.round(this.#drift(name, min, max, now) * 10) / 10;
  }

  #hundredths(name: string, min: number, max: number, now: number): number {
    return Math.round(this.#drift(name, min, max, now) * 100) / 100;
  }
}

function iso(now: number): string {
  return new Date(now).toISOString();
}
