import { vantagePlaces } from "./vantage-point.ts";

/**
 * Where heartbeats are seen: not a place that probes, but the door at which NetPost's jobs call in.
 * To recording, status and availability it is a region like any other; no round is sent there, and
 * no configuration can name it. A slot that it covers is one in which pings could be taken.
 */
export const inbound = { id: "inbound", number: -1 } as const;

/** What has a status of its own: a region, the door, or a service that looks too. */
export interface Place {
  readonly id: string;
  readonly number: number;
}

/** Every place that a monitor of a plan can be seen from. */
export function placesOf(plan: { readonly regions: readonly Place[] }): readonly Place[] {
  return [...plan.regions, inbound, ...vantagePlaces];
}
