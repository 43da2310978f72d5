import type { Change } from "../../shared/config/diff.ts";
import type { Plan } from "../../shared/domain/plan.ts";
import type { LoadedConfig } from "./load-config.ts";

/** Why there is no configuration to work with; nothing was changed. */
export type NoConfig = Exclude<LoadedConfig, { kind: "loaded" }>;

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
  /** Somebody else applied in between; nothing was changed. */
  | { readonly kind: "conflict" }
  /** The person asked said no; nothing was changed. */
  | { readonly kind: "declined" };

/** What a command came to; each is printed by render.ts, as text or as JSON. */
export type Outcome =
  | NoConfig
  | { readonly kind: "valid"; readonly regions: number; readonly monitors: number }
  | Planned
  | Applied
  | { readonly kind: "shown"; readonly plan: Plan }
  /** Something around the file went wrong, in one readable line. */
  | { readonly kind: "failed"; readonly message: string };

/** 0 when the command did what it says, 1 otherwise. */
export function exitCodeOf({ kind }: Outcome): 0 | 1 {
  switch (kind) {
    case "valid":
    case "planned":
    case "applied":
    case "unchanged":
    case "shown":
      return 0;
    case "refused":
    case "unreadable":
    case "conflict":
    case "declined":
    case "failed":
      return 1;
  }
}
