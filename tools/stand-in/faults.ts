import { z } from "zod";
import { ENDPOINT_PATHS, type EndpointPath, endpointPathOf } from "./paths.ts";

const TEN_MINUTES_MS = 600_000;
const MOST_COUNTED_REQUESTS = 100_000;

/** Most faults set at one time. */
export const MOST_FAULTS = 1_000;

const pathSchema = z.string().refine((path) => path === "*" || endpointPathOf(path) !== null, {
  error: "is not a path of NetPost's stand-in",
  params: { allowed: ["*", ...ENDPOINT_PATHS] },
});

const regionSchema = z.string().regex(/^(\*|[a-z0-9][a-z0-9-]{0,31})$/, {
  error: 'must be "*" or a region name of lower-case letters, digits and dashes, such as "us-east"',
});

const milliseconds = wholeNumber(1, TEN_MINUTES_MS);
const requestCount = wholeNumber(1, MOST_COUNTED_REQUESTS);

const refuse = z.strictObject({ kind: z.literal("refuse") });
const reset = z.strictObject({ kind: z.literal("reset") });
const hang = z.strictObject({ kind: z.literal("hang") });
const slow = z.strictObject({ kind: z.literal("slow"), delayMs: milliseconds });
const slowBody = z.strictObject({ kind: z.literal("slow-body"), durationMs: milliseconds });
const status = z.strictObject({ kind: z.literal("status"), status: wholeNumber(200, 599) });
const wrongBody = z.strictObject({ kind: z.literal("wrong-body"), body: z.json().optional() });

const behaviourSchema = z.discriminatedUnion("kind", [
  refuse,
  reset,
  hang,
  slow,
  slowBody,
  status,
  wrongBody,
]);

const innerBehaviour = behaviourSchema.default({ kind: "status", status: 503 });
const flapping = z.strictObject({
  kind: z.literal("flapping"),
  good: requestCount.default(1),
  bad: requestCount.default(1),
  fault: innerBehaviour,
});
const recoverAfter = z.strictObject({
  kind: z.literal("recover-after"),
  requests: requestCount,
  fault: innerBehaviour,
});

const target = { path: pathSchema.default("*"), region: regionSchema.default("*") };

/** One fault as the control API takes it: a kind, its numbers, and the path and region it hits. */
export const faultSchema = z.discriminatedUnion("kind", [
  refuse.extend(target),
  reset.extend(target),
  hang.extend(target),
  slow.extend(target),
  slowBody.extend(target),
  status.extend(target),
  wrongBody.extend(target),
  flapping.extend(target),
  recoverAfter.extend(target),
]);

/** The body of `PUT /faults`. */
export const faultListSchema = z.strictObject({ faults: z.array(faultSchema).max(MOST_FAULTS) });

/** What happens to one request that a fault hits. */
export type Behaviour = z.output<typeof behaviourSchema>;
export type Fault = z.output<typeof faultSchema>;
/** A fault as a caller writes it: path and region default to `*`. */
export type FaultInput = z.input<typeof faultSchema>;

/** What a fault is matched against. `region` is null when the request names none. */
export type FaultTarget = {
  readonly pathname: string;
  readonly endpoint: EndpointPath | null;
  readonly region: string | null;
};

/** Whether `fault` is about this path and this region. */
export function matches(fault: Fault, request: FaultTarget): boolean {
  if (fault.region !== "*" && fault.region !== request.region) return false;
  return fault.path === "*" || fault.path === request.pathname || fault.path === request.endpoint;
}

/** How narrow a fault is: a higher number wins over a lower one. The path counts before the region. */
export function specificity(fault: Fault): number {
  const path = fault.path === "*" ? 0 : fault.path.includes(":") ? 1 : 2;
  return path * 2 + (fault.region === "*" ? 0 : 1);
}

/**
 * What `fault` does to the `nth` request (from 0) it matches, counted per endpoint and region.
 * Null: this one is answered well.
 */
export function behaviourAt(fault: Fault, nth: number): Behaviour | null {
  switch (fault.kind) {
    case "flapping":
      return nth % (fault.good + fault.bad) < fault.good ? null : fault.fault;
    case "recover-after":
      return nth < fault.requests ? fault.fault : null;
    default: {
      const { path: _path, region: _region, ...behaviour } = fault;
      return behaviour;
    }
  }
}

/** Whether this fault is about every request, so that the port itself can be closed. */
export function closesPort(fault: Fault): boolean {
  return fault.kind === "refuse" && fault.path === "*" && fault.region === "*";
}

function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}
