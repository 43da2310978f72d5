import type { Probe } from "../../../shared/domain/probes/probe.ts";
import { probeHttp } from "./http.ts";
import type { Attempt, Prober, ProberContext } from "./prober.ts";

/** One line for each kind of probe. */
const probers: { readonly [K in Probe["kind"]]: Prober<Extract<Probe, { kind: K }>> } = {
  http: probeHttp,
};

/** Makes one attempt at a probe, whatever its kind. */
export function attemptProbe(probe: Probe, context: ProberContext): Promise<Attempt> {
  return probers[probe.kind](probe, context);
}
