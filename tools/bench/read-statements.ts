/** A statement that the api sent while it answered, and what D1 counted of it. */
import { z } from "zod";

export const sentSchema = z.object({
  sql: z.string(),
  values: z.array(z.union([z.string(), z.number(), z.null()])),
  rowsRead: z.int(),
  rowsWritten: z.int(),
  /** As D1 measured it. */
  durationMs: z.number(),
});

export type Sent = z.infer<typeof sentSchema>;

/** Answers what was sent since it was asked last, and forgets it. */
export const statementsPath = "/bench/statements";
