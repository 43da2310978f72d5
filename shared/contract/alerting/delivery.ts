/** What became of a delivery, as it is kept and served. */
import { z } from "zod";
import { type DeliveryFailure, deliveryFailures } from "../../domain/alerting/delivery-failure.ts";

const isDeliveryFailure = (reason: string): reason is DeliveryFailure =>
  Object.hasOwn(deliveryFailures, reason);

const reasons = Object.keys(deliveryFailures).filter(isDeliveryFailure);

export const deliveryFailureSchema = z.enum(reasons);

export const lastingSchema = z.enum(["retryable", "permanent"]);

export const deliveredSchema = z.discriminatedUnion("ok", [
  z.object({
    ok: z.literal(true),
    receipt: z.string().nullable(),
    note: z.string().exactOptional(),
  }),
  z.object({
    ok: z.literal(false),
    lasting: lastingSchema,
    reason: deliveryFailureSchema,
    detail: z.string(),
    retryAfterSeconds: z.number().nonnegative().nullable(),
  }),
]);
