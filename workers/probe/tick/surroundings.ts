import type { Clock } from "../../../shared/clock.ts";
import { FaultCounts } from "../../../shared/domain/own-faults.ts";
import type { Plan } from "../../../shared/domain/plan.ts";
import type { VersionedMemory } from "../../../shared/storage/ledger.ts";
import type { Channels } from "../channels.ts";
import type { Env } from "../env.ts";

/**
 * What this isolate remembers between ticks, to spare reads. It is never trusted: the plan is held
 * against the ledger's revision, and a commit names the memory's version.
 */
export interface Recollection {
  plan: Plan | null;
  memory: VersionedMemory | null;
  /** By region and shard: how its object fared when that was last recorded. */
  readonly objects: Map<string, string>;
  /** Read once, and said once. */
  channels: Channels | null;
  /** What failed and is not noted yet: whoever fails adds to it. */
  readonly faults: FaultCounts;
  /** Whether an object is noted as silent; null: not known. */
  silentObjects: boolean | null;
}

/** What a tick takes from outside. */
export interface TickSurroundings {
  readonly env: Env;
  readonly clock: Clock;
  readonly recollection: Recollection;
}

/** Nothing remembered yet. */
export function emptyRecollection(): Recollection {
  return {
    plan: null,
    memory: null,
    objects: new Map(),
    channels: null,
    faults: new FaultCounts(),
    silentObjects: null,
  };
}
