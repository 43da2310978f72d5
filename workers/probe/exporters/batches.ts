import type { ExportSample } from "../../../shared/measure/export-samples.ts";
import type { Exporter } from "./exporter.ts";

/** Samples in one request. */
export interface Batch {
  readonly samples: readonly ExportSample[];
  readonly body: string;
}

/**
 * Samples in as few requests as a service's limits allow, in order; one that is too large by itself is
 * in a request of its own.
 */
export function batchesOf(
  { encode, limits }: Pick<Exporter, "encode" | "limits">,
  samples: readonly ExportSample[],
): Batch[] {
  if (samples.length === 0) return [];
  const body = samples.length > limits.points ? null : encode(samples);
  if (body !== null && (samples.length === 1 || byteLength(body) <= limits.bytes)) {
    return [{ samples, body }];
  }
  return halves(samples).flatMap((half) => batchesOf({ encode, limits }, half));
}

/** Both halves of some samples. */
export function halves(samples: readonly ExportSample[]): ExportSample[][] {
  const middle = Math.ceil(samples.length / 2);
  return [samples.slice(0, middle), samples.slice(middle)];
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}
