/** What the routes about alerts and incidents declare alike. */
import type { z } from "zod";
import { problemSchema } from "../../../shared/contract/api/problem.ts";

/** Nothing has that id. */
export const missing = (description: string) => ({
  404: { description, content: { "application/problem+json": { schema: problemSchema } } },
});

/** A body that has to be there. */
export function jsonBody<T extends z.ZodType>(schema: T) {
  return { body: { content: { "application/json": { schema } }, required: true } };
}

/** A body that may be left out. */
export function optionalBody<T extends z.ZodType>(schema: T) {
  return { body: { content: { "application/json": { schema } }, required: false } };
}

export const noSuchRuleThere = missing("No such rule");
export const noSuchAlert = missing("No such alert");
export const noSuchPolicy = missing("No such escalation policy");
export const noSuchRotation = missing("No such rotation");
export const noSuchSilence = missing("No such silence");
export const noSuchNotification = missing("No such notification");
export const noSuchChannel = missing("No such channel");
