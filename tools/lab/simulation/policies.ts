import type { ConfigInput } from "../../../shared/config/schema.ts";
import type { ProbingMode } from "../../../shared/domain/monitor.ts";

type Defaults = NonNullable<ConfigInput["defaults"]>;

/** A way from results to status, to be compared with others on the same results. */
export interface Policy {
  /**
   * For example `majority/1`: the quorum, and how many failures open an outage. `round-robin/1`
   * is a majority too, but one region asks at a time, and the others only to confirm a failure.
   */
  readonly name: string;
  readonly quorum: NonNullable<Defaults["quorum"]>;
  readonly failuresToOpen: number;
  readonly mode: ProbingMode;
}

const quorums: readonly { readonly name: string; readonly quorum: Policy["quorum"] }[] = [
  { name: "majority", quorum: "majority" },
  { name: "any", quorum: "any" },
  { name: "all", quorum: "all" },
  { name: "atLeast2", quorum: { atLeast: 2 } },
];

/** The default, and the default where regions take turns: these two have promises. */
export const promisedPolicies = ["majority/1", "round-robin/1"] as const;

/** Every quorum with one, two and three failures, the default first; and the regions in turns. */
export const policies: readonly Policy[] = [
  ...quorums.flatMap(({ name, quorum }) =>
    [1, 2, 3].map((failuresToOpen): Policy => {
      return { name: `${name}/${failuresToOpen}`, quorum, failuresToOpen, mode: "parallel" };
    }),
  ),
  ...[1, 2].map((failuresToOpen): Policy => {
    const name = `round-robin/${failuresToOpen}`;
    return { name, quorum: "majority", failuresToOpen, mode: "round-robin" };
  }),
];
