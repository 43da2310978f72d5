/** GET /api/status/badges/{monitor}/….svg */
import { z } from "zod";
import { onceMessage } from "./query.ts";

const labelMessage = "1 to 40 characters";
const daysMessage = "a whole number of days, 1 to 90";

const label = z
  .string({ error: onceMessage(labelMessage) })
  .min(1, labelMessage)
  .max(40, labelMessage)
  .optional()
  .meta({ description: "In place of the usual words on the left" });

export const badgeParamsSchema = z.object({
  monitor: z.string().meta({ description: "Its id", example: "api-health" }),
});

export const statusBadgeQuerySchema = z.object({ label });

export const measuredBadgeQuerySchema = z.object({
  label,
  days: z
    .string({ error: onceMessage(daysMessage) })
    .regex(/^[1-9]\d?$/, daysMessage)
    .transform(Number)
    .pipe(z.int().max(90, daysMessage))
    .optional()
    .meta({ description: "How long a time it is measured over; 30 if left out" }),
});
