/**
 * A step of the upkeep: tells status pages elsewhere (workers/probe/status-push) the newest public
 * state. It comes after recording and alerting and takes a bounded time; what could not be told is
 * told later, as it is then. Where nothing changed it reads a little and writes nothing.
 */
import { toSeconds } from "../../../shared/clock.ts";
import { placesOf } from "../../../shared/domain/inbound.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import { day } from "../../../shared/domain/rollup.ts";
import { type LogValue, log } from "../../../shared/log.ts";
import { readPublicState } from "../../../shared/measure/public-state.ts";
import { redactor } from "../../../shared/redact.ts";
import { claimExports, settleExports } from "../../../shared/storage/exports.ts";
import {
  deleteOldStatusPushes,
  keepStatusPush,
  readStatusPushes,
} from "../../../shared/storage/exports-status.ts";
import { readMemory } from "../../../shared/storage/ledger.ts";
import { holdSeconds } from "../exporters/failure.ts";
import { serviceAgent } from "../exporters/service-agent.ts";
import { secretsIn } from "../exporters/service-secrets.ts";
import { statusPagesOf } from "../status-push/registry.ts";
import type { StatusPage } from "../status-push/status-page.ts";
import type { TickSurroundings } from "./surroundings.ts";

/** One page, ms. */
const longestMs = 10_000;
/** Longer than that: a tick that dies leaves its page so long. */
const leaseSeconds = 60;
/** Incidents that are over are remembered for so long, seconds. */
const keptSeconds = 90 * day;

/** @throws where the database fails */
export async function pushStatusStep(
  surroundings: TickSurroundings,
  plan: Plan,
  minute: number,
): Promise<LogValue> {
  const { env } = surroundings;
  const { pages, broken } = statusPagesOf(env);
  for (const because of broken) sayOnce(because);
  if (pages.length === 0 || plan.revision === 0) return null;
  const told = await Promise.all(
    pages.map(async (page) => [page.name, await tell(surroundings, plan, minute, page)] as const),
  );
  if (minute % day === 0) {
    await deleteOldStatusPushes(env.DB, minute - keptSeconds, 500);
  }
  const said = told.filter(([, one]) => one !== null);
  return said.length === 0 ? null : Object.fromEntries(said);
}

async function tell(
  surroundings: TickSurroundings,
  plan: Plan,
  minute: number,
  page: StatusPage,
): Promise<LogValue> {
  const { env, clock, recollection } = surroundings;
  const before = await read(surroundings, plan, page);
  if (!page.isBehind(before.state, before.told)) return null;
  const startedMs = clock.now();
  const now = toSeconds(startedMs);
  const [claimed] = await claimExports(env.DB, [page.name], now, leaseSeconds);
  // Held back, or another tick is at it.
  if (claimed === undefined) return null;
  // Another tick may have told it before this one had the lease.
  const { state, told } = await read(surroundings, plan, page);
  const pushed = await page.push(state, told, {
    clock,
    redact: redactor(secretsIn(env)),
    userAgent: serviceAgent(env),
    deadlineMs: startedMs + longestMs,
    keep: (push) => keepStatusPush(env.DB, push),
  });
  const { failure } = pushed;
  if (failure !== null) {
    const words = `${page.name}: ${failure.reason}: ${failure.detail}`;
    recollection.faults.add(minute, "status-push", words);
  }
  const hold = failure === null ? 0 : holdSeconds(failure, claimed.failures);
  const heldUntil = hold === 0 ? 0 : toSeconds(clock.now()) + hold;
  const outcome = {
    ...{ name: page.name, until: null, sent: pushed.told, droppedPoints: 0, droppedMinutes: 0 },
    failure: failure && { reason: failure.reason, detail: failure.detail },
    heldUntil,
  };
  await settleExports(env.DB, [outcome], toSeconds(clock.now()));
  return {
    ...{ told: pushed.told, requests: pushed.requests },
    ...(pushed.left && { left: true }),
    ...(failure !== null && { reason: failure.reason, detail: failure.detail }),
    ...(heldUntil > 0 && { heldUntil }),
  };
}

async function read({ env, clock, recollection }: TickSurroundings, plan: Plan, page: StatusPage) {
  const told = await readStatusPushes(env.DB, page.name);
  const { memory } = recollection.memory ?? (await readMemory(env.DB));
  const known = {
    now: toSeconds(clock.now()),
    regions: new Map(placesOf(plan).map((place) => [place.id, place])),
    statuses: memory.statuses,
    lastSpans: memory.coverage,
  };
  const keys = told.flatMap(({ kind, key }) => (kind === "incident" ? key : []));
  return { told, state: await readPublicState(env.DB, plan, known, keys) };
}

const said = new Set<string>();

function sayOnce(because: string): void {
  if (said.has(because)) return;
  said.add(because);
  log("error", "status-page-off", { because });
}
