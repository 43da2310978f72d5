import { z } from "zod";

const faults = z.array(z.object({ region: z.string(), fault: z.string() }));

const roundSchema = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("missed") }),
  z.object({ outcome: z.literal("not-recorded"), reason: z.string(), faults }),
  z.object({
    outcome: z.literal("recorded"),
    results: z.int(),
    newResults: z.int(),
    transitions: z.int(),
    opened: z.int(),
    closed: z.int(),
    gapSeconds: z.int(),
    faults,
  }),
]);

/** A step's name, and how it failed; other steps tell other things. */
const upkeepSchema = z.record(z.string(), z.unknown()).transform((told) =>
  Object.entries(told).flatMap(([step, said]) => {
    const failed = z.object({ fault: z.string() }).safeParse(said);
    return failed.success ? [`${step} failed: ${failed.data.fault}`] : [];
  }),
);

const tickSchema = z.object({
  event: z.literal("tick"),
  minute: z.int(),
  durationMs: z.number(),
  plan: z.enum(["loaded", "last-known", "none"]),
  rounds: z.array(roundSchema),
  upkeep: upkeepSchema.default([]),
});

/**
 * Says in one line what a tick's log line says as JSON; null where the line is about another thing.
 *
 * @param text one line that the probe Worker logged
 */
export function describeTick(text: string): string | null {
  const tick = parse(text);
  if (tick === null) return null;
  const time = new Date(tick.minute * 1000).toISOString().slice(11, 16);
  const parts = [...summarise(tick), `${(tick.durationMs / 1000).toFixed(1)} s`];
  return `${time} UTC  ${parts.join(", ")}`;
}

function parse(text: string): z.infer<typeof tickSchema> | null {
  if (!text.startsWith("{")) return null;
  try {
    return tickSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function summarise({ plan, rounds, upkeep }: z.infer<typeof tickSchema>): string[] {
  const recorded = rounds.filter((round) => round.outcome === "recorded");
  const sum = (field: "newResults" | "transitions" | "opened" | "closed") =>
    recorded.reduce((total, round) => total + round[field], 0);
  const regions = rounds.flatMap((round) => ("faults" in round ? round.faults : []));
  const silent = [...new Set(regions.map(({ region }) => region))];
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;
  return [
    count(sum("newResults"), "new result"),
    ...(sum("transitions") > 0 ? [count(sum("transitions"), "status change")] : []),
    ...(sum("opened") > 0 ? [`${count(sum("opened"), "outage")} opened`] : []),
    ...(sum("closed") > 0 ? [`${count(sum("closed"), "outage")} closed`] : []),
    ...rounds.flatMap((round) =>
      round.outcome === "not-recorded" ? [`results wait: ${round.reason}`] : [],
    ),
    ...recorded.flatMap(({ gapSeconds }) =>
      gapSeconds > 0 ? [`nobody was looking for ${gapSeconds} s before`] : [],
    ),
    ...(rounds.some((round) => round.outcome === "missed") ? ["a round came too late"] : []),
    ...(silent.length > 0 ? [`no report from ${silent.join(", ")}`] : []),
    ...upkeep,
    ...(plan === "loaded" ? [] : ["the database does not answer"]),
  ];
}
