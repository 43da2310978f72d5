/** One invalid file per rule: of how long what was measured is kept. */
import { fileWith } from "./fixtures.ts";
import type { Fixture } from "./invalid-files.ts";

const keeping = (retention: object) => fileWith({}, { retention });

export const ofRetention: readonly Fixture[] = [
  [
    "results are kept longer than they can be late",
    keeping({ rawDays: 2 }),
    "retention.rawDays: at least 3 days, for results can be a day late",
  ],
  ["days are whole", keeping({ hourDays: 30.5 }), "retention.hourDays: whole days"],
  [
    "nothing is kept for ever",
    keeping({ dayDays: 36_501 }),
    "retention.dayDays: at most 36500 days",
  ],
  [
    "hours outlive results",
    keeping({ rawDays: 60, hourDays: 30 }),
    "retention.hourDays: shorter than rawDays, which it outlives; at least 60 days",
  ],
  [
    "days outlive hours",
    keeping({ hourDays: 730, dayDays: 365 }),
    "retention.dayDays: shorter than hourDays, which it outlives; at least 730 days",
  ],
  [
    "retention has no other settings",
    keeping({ days: 8 }),
    "retention: no such setting: days; allowed: rawDays, hourDays, dayDays",
  ],
];
