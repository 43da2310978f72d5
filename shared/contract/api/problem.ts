/** Every error of the API: a problem document (RFC 9457). */
import { z } from "zod";

/** What `type` ends in, after `urn:netpost-monitoring:problem:`; a closed list. */
export const problemSlugs = [
  "invalid-request",
  "unauthorized",
  "forbidden",
  "not-found",
  "unknown-monitor",
  "unknown-maintenance",
  "method-not-allowed",
  "conflict",
  "body-too-large",
  "too-much",
  "too-many-requests",
  "internal",
  "misconfigured",
  "database-unavailable",
  "not-ready",
] as const;

export type ProblemSlug = (typeof problemSlugs)[number];

const typePrefix = "urn:netpost-monitoring:problem:";

/** The `type` of a problem: stable, to be compared and not to be fetched. */
export function problemType(slug: ProblemSlug): string {
  return `${typePrefix}${slug}`;
}

export const fieldErrorSchema = z.object({
  field: z.string(),
  message: z.string().meta({ description: "What is allowed; never what was sent" }),
});

export type FieldError = z.infer<typeof fieldErrorSchema>;

export const problemSchema = z.object({
  type: z.enum(problemSlugs.map(problemType)),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().meta({ description: "The path of the request, without its query" }),
  requestId: z.uuid().meta({ description: "Also in X-Request-Id and in our log" }),
  errors: z.array(fieldErrorSchema).optional(),
});

export type Problem = z.infer<typeof problemSchema>;
