/** What the routes declare alike. */
import type { z } from "zod";
import { problemSchema } from "../../../shared/contract/api/problem.ts";

const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: problemSchema } },
});

/** A JSON answer. */
export function answer<T extends z.ZodType>(description: string, schema: T) {
  return { description, content: { "application/json": { schema } } };
}

/** An answer that is no JSON. */
export function text(description: string, type: string) {
  return { description, content: { [type]: { schema: { type: "string" as const } } } };
}

export const notModified = { 304: { description: "The version named in If-None-Match" } };
export const invalid = { 400: problem("A field is not valid; `errors` names it") };
export const unauthorized = { 401: problem("No key, or a wrong one") };
export const forbidden = {
  403: problem("Not with this key: `detail` names the scope that is needed"),
};
export const missing = { 404: problem("No such monitor") };
export const noSuchIncident = { 404: problem("No such incident") };
export const noSuchReport = { 404: problem("No such report") };
export const noSuchHeartbeat = { 404: problem("No such heartbeat, or none is taken here") };
export const noSuchWindow = { 404: problem("No such maintenance window") };
export const conflict = { 409: problem("Not possible as things are; `detail` says why") };
export const failures = {
  500: problem("Our fault; logged under the requestId"),
  503: problem("The database does not answer; try again later"),
};
