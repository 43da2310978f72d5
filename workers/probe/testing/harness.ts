/** What tests of the tick share: a plan in the database, a clock to set, and the stand-in. */
import { env } from "cloudflare:workers";
import { inject } from "vitest";
import { z } from "zod";
import type { Clock } from "../../../shared/clock.ts";
import { parseConfig } from "../../../shared/config/parse.ts";
import type { ConfigInput } from "../../../shared/config/schema.ts";
import { apply, propose } from "../../../shared/storage/plans.ts";
import { emptyRecollection, type TickSurroundings } from "../tick/surroundings.ts";
import { type TickOutcome, tick } from "../tick/tick.ts";

/** A minute to begin at; any will do, as long as it is one. */
export const start = 1_790_000_040;

/** The stand-in's address and control address: of this worker alone, so its faults are. */
export const standIn = ownStandIn();

function ownStandIn() {
  const own = inject("standIns")[Number(process.env["VITEST_POOL_ID"]) - 1];
  if (own === undefined) throw new Error("no stand-in for this worker");
  return own;
}

/** A clock that stands where it is set; pauses of the tick pass in no time, targets do not. */
export function standingClock(seconds: number): Clock & { set(seconds: number): void } {
  let now = seconds * 1000;
  return {
    now: () => now,
    sleep: () => new Promise<void>(() => {}),
    set: (to) => {
      now = to * 1000;
    },
  };
}

type MonitorInput = ConfigInput["monitors"][number];

/** A configuration of three regions over the stand-in, quick to give up. */
export function configOf(monitors: readonly MonitorInput[]): ConfigInput {
  return {
    baseUrl: standIn.url,
    regions: {
      "us-east": { locationHint: "enam" },
      "us-west": { locationHint: "wnam" },
      "eu-west": { locationHint: "weur" },
    },
    defaults: { timeoutMs: 300, attempts: 2, backoffBaseMs: 10, backoffCapMs: 20, budgetMs: 1000 },
    monitors: [...monitors],
  };
}

/** Puts a configuration into force. */
export async function applyConfig(input: ConfigInput, now = start - 60): Promise<void> {
  const parsed = parseConfig(input);
  if (!parsed.ok) throw new Error(parsed.mistakes.join("\n"));
  const outcome = await apply(env.DB, await propose(env.DB, parsed.config, now), now);
  if (outcome.kind === "conflict") throw new Error("somebody else applied");
}

/** A tick's surroundings with nothing remembered, as in an isolate just started. */
export function freshSurroundings(clock: Clock): TickSurroundings {
  return { env, clock, recollection: emptyRecollection() };
}

/** Runs the tick of a minute with the clock standing a second after its start. */
export function tickAt(minute: number, surroundings?: TickSurroundings): Promise<TickOutcome> {
  return tick(surroundings ?? freshSurroundings(standingClock(minute + 1)), minute);
}

/** Sets the stand-in's faults. */
export async function setFaults(faults: readonly Record<string, unknown>[]): Promise<void> {
  const response = await fetch(`${standIn.controlUrl}/faults`, {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ faults }),
  });
  if (!response.ok) throw new Error(await response.text());
  await response.body?.cancel();
}

/** All rows of a query, parsed. */
export async function select<T extends z.ZodType>(schema: T, sql: string): Promise<z.infer<T>[]> {
  const { results } = await env.DB.prepare(sql).all();
  return z.array(schema).parse(results);
}
