/** What routes have in common by which people handle alerts and incidents. */
import { z } from "zod";
import { instantSchema } from "./common.ts";
import { onceMessage } from "./query.ts";

/** Text of some length, without blanks around it. */
export const textOf = (longest: number) =>
  z
    .string(`1 to ${longest} characters`)
    .trim()
    .min(1, `1 to ${longest} characters`)
    .max(longest, `1 to ${longest} characters`);

const nameMessage = "a name of 1 to 100 characters";

/** Who does it. */
export const bySchema = z
  .string({ error: nameMessage })
  .trim()
  .min(1, nameMessage)
  .max(100, nameMessage)
  .optional()
  .meta({ description: "Who does it; admin if left out" });

/** Of actions that need nothing else. */
export const byBodySchema = z.strictObject({ by: bySchema });

export const byQuerySchema = z.strictObject({ by: bySchema });

const momentMessage = "an ISO 8601 date and time with Z or an offset";

/** Epoch seconds, parts of a second dropped. */
export const momentSchema = z.iso
  .datetime({ offset: true, error: momentMessage })
  .transform((value) => Math.floor(Date.parse(value) / 1000));

/** A person and a time. */
export const authoredSchema = z.object({ at: instantSchema, by: z.string() });

const limitMessage = "a whole number from 1 to 100";
const cursorMessage = "the nextCursor of an earlier answer";

/** Of lists that are read a page at a time. */
export const pageQueryFields = {
  limit: z
    .string({ error: onceMessage(limitMessage) })
    .refine((text) => /^[1-9]\d?$|^100$/.test(text), limitMessage)
    .default("20")
    .transform(Number)
    .meta({ description: "At most so many, up to 100" }),
  cursor: z
    .string({ error: onceMessage(cursorMessage) })
    .regex(/^[1-9]\d{0,14}$/, cursorMessage)
    .transform(Number)
    .optional()
    .meta({ description: "The nextCursor of an earlier answer" }),
};

/** Null: this was the last page. */
export const nextCursorSchema = z
  .string()
  .nullable()
  .meta({ description: "Null: this was the last page" });
