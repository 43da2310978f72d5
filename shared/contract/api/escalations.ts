/** /api/monitoring/escalations and /rotations: who is told when, and who is on call. */
import { z } from "zod";
import { escalationPolicySchema, rotationSchema } from "../alerting/rule.ts";
import { instantSchema } from "./common.ts";

export const policyBodySchema = escalationPolicySchema;
export const rotationBodySchema = rotationSchema;

const changeSchema = z.object({ at: instantSchema, by: z.string(), document: z.unknown() });
const changes = z.array(changeSchema).meta({ description: "The newest first, at most 20" });

export const policySchema = z.object({
  policy: escalationPolicySchema,
  usedBy: z.array(z.string()).meta({ description: "Ids of the rules that name it" }),
});

export const policyListSchema = z.object({ policies: z.array(policySchema) });

export const singlePolicySchema = z.object({ ...policySchema.shape, changes });

export const onCallSchema = z.object({
  person: z.string().nullable(),
  until: instantSchema
    .nullable()
    .meta({ description: "When it changes; null: not within the next turn" }),
  next: z.string().nullable(),
  override: z.boolean().meta({ description: "Whether somebody stands in" }),
});

export const shownRotationSchema = z.object({
  rotation: rotationSchema,
  onCall: onCallSchema,
  usedBy: z.array(z.string()).meta({ description: "Ids of the policies that name it" }),
});

export const rotationListSchema = z.object({ rotations: z.array(shownRotationSchema) });

export const singleRotationSchema = z.object({ ...shownRotationSchema.shape, changes });
