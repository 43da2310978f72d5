import type { HeartbeatDocument } from "../../../shared/contract/api/heartbeats.ts";
import { nextCronTime } from "../../../shared/cron.ts";
import { nextDueAt, noPings } from "../../../shared/domain/heartbeat.ts";
import type { Monitor } from "../../../shared/domain/monitor.ts";
import { readPingHistory, readPings } from "../../../shared/storage/heartbeats.ts";
import { fromDatabase } from "../reads/from-database.ts";
import { instant, instantOrNull } from "../reads/instant.ts";
import { pingToken } from "./ping-token.ts";

/** What an operator is shown besides; null to a reader. */
export interface Address {
  /** Where the api is reached, for example https://monitoring.netpost.example. */
  readonly origin: string;
  readonly secret: string | undefined;
}

/** What a job said of itself and when it is due; null for a monitor that is probed. */
export async function readHeartbeat(
  db: D1Database,
  { probe, number, addedAt }: Monitor,
  address: Address | null,
): Promise<HeartbeatDocument | null> {
  if (probe.kind !== "heartbeat") return null;
  const [all, history] = await fromDatabase(
    Promise.all([readPings(db, [number]), readPingHistory(db, number)]),
  );
  const pings = all.get(number) ?? noPings;
  const due = nextDueAt({ probe, addedAt, pings }, nextCronTime);
  const dueAt = Number.isFinite(due) ? due : null;
  return {
    ...(address === null ? {} : { pingUrl: await pingUrl(address, number) }),
    lastStartAt: instantOrNull(pings.startedAt),
    lastSuccessAt: instantOrNull(pings.succeededAt),
    lastFailureAt: instantOrNull(pings.failedAt),
    lastExitStatus: pings.exitStatus,
    runningSince: instantOrNull(pings.runningSince),
    nextDueAt: instantOrNull(dueAt),
    missingAt: dueAt === null ? null : instant(dueAt + probe.graceSeconds),
    pings: history
      .toReversed()
      .map(({ at, signal, run, exitStatus }) => ({ at: instant(at), signal, run, exitStatus })),
  };
}

async function pingUrl({ origin, secret }: Address, monitor: number): Promise<string | null> {
  if (secret === undefined) return null;
  return `${origin}/api/ping/${await pingToken(secret, monitor)}`;
}
