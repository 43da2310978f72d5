/** What tests of single attempts share. */
import { inject } from "vitest";
import { type Clock, systemClock } from "../../../../shared/clock.ts";
import type { ProberContext } from "../prober.ts";
import { noSecrets } from "../secrets.ts";
import type { TraceEvent } from "../trace.ts";

/** Ports and addresses of the servers that behave as their names say. */
export const protocols = inject("protocols");

/** Ports that are broken each in its way. */
export const broken = inject("broken");

export const loopback = "127.0.0.1";

/** Of every attempt in these tests unless it says otherwise, ms: a busy machine connects within it. */
export const timeoutMs = 2_000;

/** What an attempt is given, with some of it replaced. */
export function contextOf(more: Partial<ProberContext> = {}): ProberContext {
  return {
    clock: systemClock,
    userAgent: "NetPost-Monitor/0 (us-east; +https://netpost.example)",
    timeoutMs,
    allowsPrivate: true,
    secrets: noSecrets,
    resolverUrl: `${broken.resolverUrl}/nxdomain`,
    ...more,
  };
}

/** A clock that stands at an instant (epoch ms) and moves on by `stepMs` whenever it is looked at. */
export function clockAt(instant: number, stepMs = 0): Clock {
  let now = instant - stepMs;
  return {
    now: () => {
      now += stepMs;
      return now;
    },
    sleep: systemClock.sleep,
  };
}

/** Takes down what an attempt tells. */
export function tracing(): { events: TraceEvent[]; trace: (event: TraceEvent) => void } {
  const events: TraceEvent[] = [];
  return { events, trace: (event) => events.push(event) };
}
