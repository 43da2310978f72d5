import type { Written } from "../../shared/config/decompile.ts";
import type { Change } from "../../shared/config/diff.ts";
import type { Plan } from "../../shared/domain/plan.ts";
import type { HistoryEntry } from "../../shared/storage/plan-history.ts";
import type { AppliedRevision } from "../../shared/storage/plans.ts";
import type { LoadedConfig } from "./load-config.ts";

/** Why there is no configuration to work with; nothing was changed. */
export type NoConfig = Exclude<LoadedConfig, { kind: "loaded" }>;

/** There is no such revision; the last one is the one in force. */
export type NoRevision = {
  readonly kind: "no-revision";
  readonly revision: number;
  readonly last: number;
};

/** What applying would change, or would have changed. Revision 0 is the empty plan. */
export type Planned = {
  readonly kind: "planned";
  /** The revision in force. */
  readonly revision: number;
  readonly changes: readonly Change[];
};

export type Applied =
  | { readonly kind: "applied"; readonly revision: number; readonly changes: readonly Change[] }
  | { readonly kind: "unchanged"; readonly revision: number }
  /** Somebody else applied in between; nothing was changed. Null: nothing was ever applied. */
  | { readonly kind: "conflict"; readonly inForce: AppliedRevision | null }
  /** The person asked said no; nothing was changed. */
  | { readonly kind: "declined" };

/** What a command came to; each is printed by render.ts, as text or as JSON. */
export type Outcome =
  | NoConfig
  | NoRevision
  | { readonly kind: "valid"; readonly regions: number; readonly monitors: number }
  | Planned
  | Applied
  | { readonly kind: "shown"; readonly plan: Plan }
  | { readonly kind: "history"; readonly revisions: readonly HistoryEntry[] }
  | { readonly kind: "revision"; readonly entry: HistoryEntry }
  /** As a configuration file says it, values of headers and bodies included. */
  | { readonly kind: "exported"; readonly revision: number; readonly config: Written }
  /** Something around the file went wrong, in one readable line. */
  | { readonly kind: "failed"; readonly message: string };

/** 0 when the command did what it says, 1 otherwise; 2 for a plan that would change something. */
export function exitCodeOf(outcome: Outcome): 0 | 1 | 2 {
  switch (outcome.kind) {
    case "planned":
      return outcome.changes.length > 0 ? 2 : 0;
    case "valid":
    case "applied":
    case "unchanged":
    case "shown":
    case "history":
    case "revision":
    case "exported":
      return 0;
    case "refused":
    case "unreadable":
    case "no-revision":
    case "conflict":
    case "declined":
    case "failed":
      return 1;
  }
}
