/** /api/monitoring/backtest: what would have been told of the past, had something been otherwise. */
import { z } from "zod";
import { idSchema } from "../alerting/rule.ts";
import { momentSchema, textOf } from "./authored.ts";
import { instantSchema } from "./common.ts";
import { selectorSchema, timingSchema } from "./maintenance.ts";
import { matcherSchema } from "./silences.ts";
import { windowSchema } from "./window.ts";

const ids = z.array(z.string().min(1).max(100), "a list of monitors' ids").min(1).max(1_000);

const countMessage = "a whole number from 1 to 20";
const count = z.int(countMessage).min(1, countMessage).max(20, countMessage);

const quorumSchema = z.union(
  [z.enum(["majority", "any", "all"]), z.strictObject({ atLeast: z.int().positive() })],
  'majority, any, all, or { "atLeast": n }',
);

const verdictChangeSchema = z.strictObject({
  ids: ids.optional().meta({ description: "Of these monitors; all if left out" }),
  quorum: quorumSchema.optional(),
  failuresToOpen: count.optional(),
  successesToClose: count.optional(),
});

const documentsOf = (what: string) =>
  z
    .array(z.looseObject({ id: idSchema }), `a list of ${what}`)
    .max(50, `at most 50 ${what}`)
    .default([])
    .meta({
      description: `The fields that differ of ${what} that there are; the whole of others. { "id": …, "enabled": false } leaves a rule out`,
    });

const silenceSchema = z
  .strictObject({
    matchers: z.array(matcherSchema).min(1, "at least one matcher").max(20, "at most 20 matchers"),
    startsAt: momentSchema.optional(),
    endsAt: momentSchema.optional(),
  })
  .meta({ description: "The whole time unless said" });

const windowChangeSchema = z.strictObject({
  name: textOf(100).default("backtest"),
  selector: selectorSchema.default({ kind: "all" }),
  timing: timingSchema,
});

const numbers = z.array(z.int().positive(), "a list of numbers").max(100).default([]);

export const backtestBodySchema = z.strictObject({
  from: momentSchema,
  to: momentSchema,
  monitors: ids.optional().meta({
    description: "Only these monitors, so that a longer time can be replayed; all if left out",
  }),
  change: z
    .strictObject({
      monitors: z.array(verdictChangeSchema).max(100, "at most 100 changes").default([]),
      rules: documentsOf("rules"),
      policies: documentsOf("policies"),
      silences: z.array(silenceSchema).max(20, "at most 20 silences").default([]),
      windows: z.array(windowChangeSchema).max(20, "at most 20 windows").default([]),
      without: z
        .strictObject({ silences: numbers, windows: numbers })
        .prefault({})
        .meta({ description: "Silences and maintenance windows that were not, by their numbers" }),
    })
    .prefault({})
    .meta({
      description: "What would have been otherwise; nothing: how well the past is replayed",
    }),
});

export type BacktestBody = z.output<typeof backtestBodySchema>;
export type BacktestChange = BacktestBody["change"];

const pageFields = {
  at: instantSchema,
  incident: z.string().meta({ description: "Its key" }),
  title: z.string(),
  monitor: z.string().nullable(),
  channel: z.string(),
  kind: z.string(),
  because: z.string(),
};

const replayedPageSchema = z.object({
  ...pageFields,
  priority: z.string(),
  detail: z.string().meta({ description: "What fired, in words" }),
});

const sentPageSchema = z.object({
  ...pageFields,
  state: z.string(),
  sentAt: instantSchema.nullable(),
});

const replayCountsSchema = z.object({
  pages: z.int(),
  incidents: z.int(),
  outages: z.int(),
  muted: z.int().meta({ description: "Decisions not to tell people of an alert" }),
  detection: z
    .object({ medianSeconds: z.number(), worstSeconds: z.number() })
    .nullable()
    .meta({ description: "From the first failed check to the decision; null: no outage" }),
});

const replaySchema = z.object({
  counts: replayCountsSchema,
  pages: z.array(replayedPageSchema),
  muted: z.array(
    z.object({
      at: instantSchema,
      alert: z.string(),
      because: z.string(),
      data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    }),
  ),
  outages: z.array(
    z.object({
      monitor: z.string(),
      startedAt: instantSchema,
      detectedAt: instantSchema,
      endedAt: instantSchema.nullable(),
    }),
  ),
});

const shiftedSchema = z.object({
  ...pageFields,
  shiftSeconds: z.int().meta({ description: "How much later; negative: earlier" }),
});

const backtestNoteCodes = [
  "signal-not-replayed",
  "began-before",
  "configuration-changed",
  "people",
  "late-results",
  "some-monitors",
  "warm-up-shortened",
  "channels-not-known",
] as const;

export const backtestSchema = z.object({
  window: windowSchema,
  replayed: z.object({
    from: instantSchema.meta({ description: "An hour earlier, for what looks back" }),
    monitors: z.int(),
    rounds: z.int(),
    results: z.int(),
    resultsKeptFrom: instantSchema.nullable(),
  }),
  before: replaySchema.meta({ description: "By the configuration in force now" }),
  after: replaySchema.meta({ description: "With the change" }),
  difference: z
    .object({
      onlyBefore: z.array(replayedPageSchema),
      onlyAfter: z.array(replayedPageSchema),
      shifted: z.array(shiftedSchema).meta({ description: "In both, at another time" }),
      same: z.int(),
    })
    .meta({ description: "After against before" }),
  sent: z
    .object({
      count: z.int(),
      pages: z.array(sentPageSchema),
      replayed: z.int().meta({ description: "Of them, those that the replay before has as well" }),
      onlySent: z.array(sentPageSchema),
      onlyReplayed: z.array(replayedPageSchema),
    })
    .meta({ description: "What was decided in truth, against before" }),
  notes: z
    .array(z.object({ code: z.enum(backtestNoteCodes), text: z.string() }))
    .meta({ description: "What was not replayed as it was, and why" }),
  complete: z.boolean().meta({ description: "No list was cut; counts are always whole" }),
});

export type BacktestDocument = z.infer<typeof backtestSchema>;
