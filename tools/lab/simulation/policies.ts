import type { ConfigInput } from "../../../shared/config/schema.ts";

type Defaults = NonNullable<ConfigInput["defaults"]>;

/** A way from results to status, to be compared with others on the same results. */
export interface Policy {
  /** For example `majority/1`: the quorum, and how many failures open an incident. */
  readonly name: string;
  readonly quorum: NonNullable<Defaults["quorum"]>;
  readonly failuresToOpen: number;
}

const quorums: readonly { readonly name: string; readonly quorum: Policy["quorum"] }[] = [
  { name: "majority", quorum: "majority" },
  { name: "any", quorum: "any" },
  { name: "all", quorum: "all" },
  { name: "atLeast2", quorum: { atLeast: 2 } },
];

/** Every quorum with one, two and three failures; the first is the default, which has promises. */
export const policies: readonly Policy[] = quorums.flatMap(({ name, quorum }) =>
  [1, 2, 3].map((failuresToOpen) => {
    return { name: `${name}/${failuresToOpen}`, quorum, failuresToOpen };
  }),
);
