/** What a status page elsewhere is, to the step that tells it. */
import type { PublicState } from "../../../shared/measure/public-state.ts";
import type { StatusPush } from "../../../shared/storage/exports-status.ts";
import type { ServiceContext } from "../exporters/ask-service.ts";
import type { ServiceFailure } from "../exporters/failure.ts";

/** What telling it needs. */
export interface PushContext extends ServiceContext {
  /** Keeps what was told, or that telling begins. @throws where the database fails */
  readonly keep: (push: StatusPush) => Promise<void>;
}

/** What became of it. */
export interface Pushed {
  /** Things that were told. */
  readonly told: number;
  /** Requests. */
  readonly requests: number;
  /** Whether something is left for a later tick. */
  readonly left: boolean;
  /** The last thing that failed; null: nothing did. */
  readonly failure: ServiceFailure | null;
}

export interface StatusPage {
  readonly name: string;
  /** Whether there is anything to tell. Pure. */
  readonly isBehind: (state: PublicState, told: readonly StatusPush[]) => boolean;
  /**
   * Tells what differs from what was told, in bounded time and requests. Never throws for what
   * happens outside.
   */
  readonly push: (
    state: PublicState,
    told: readonly StatusPush[],
    context: PushContext,
  ) => Promise<Pushed>;
}
