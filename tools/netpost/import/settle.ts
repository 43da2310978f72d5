import { parseConfig } from "../../../shared/config/parse.ts";
import type { Draft, Import, Note } from "./imported.ts";

/** Monitors that our own schema takes, and everything that is not as it was. */
export type Settled = { readonly monitors: readonly Draft[]; readonly notes: readonly Note[] };

/** Holds every draft against the schema; one that breaks a rule is left out, with the rule. */
export function settle({ monitors, notes }: Import): Settled {
  const kept: Draft[] = [];
  const refused: Note[] = [];
  for (const draft of monitors) {
    const parsed = parseConfig({
      baseUrl: "https://netpost.example",
      regions: { here: { locationHint: "weur" } },
      monitors: [draft],
    });
    if (parsed.ok) kept.push(draft);
    else {
      for (const mistake of parsed.mistakes) {
        const [place = "", ...why] = mistake.replace(/^monitors\[0\]\.?/, "").split(": ");
        refused.push({
          kind: "lost",
          monitor: draft.id,
          field: place,
          why: `${why.join(": ")}; left out`,
        });
      }
    }
  }
  return { monitors: kept, notes: [...notes, ...refused] };
}
