import type { Probe } from "../../../shared/domain/probes/probe.ts";
import { probeDns } from "./dns.ts";
import { probeHttp } from "./http.ts";
import type { Attempt, Prober, ProberContext } from "./prober.ts";
import { probeTcp } from "./tcp.ts";
import { probeTls } from "./tls.ts";
import { probeTransaction } from "./transaction.ts";
import { probeWebSocket } from "./websocket.ts";

/** What somebody probes: a heartbeat calls in by itself. */
type Kind = Exclude<Probe["kind"], "heartbeat">;
type ProbeOf<K extends Kind> = Extract<Probe, { kind: K }>;

/** One line for each kind of probe. */
const probers: { readonly [K in Kind]: Prober<ProbeOf<K>> } = {
  http: probeHttp,
  transaction: probeTransaction,
  tcp: probeTcp,
  tls: probeTls,
  dns: probeDns,
  websocket: probeWebSocket,
};

/** Makes one attempt at a probe, whatever its kind. */
export function attemptProbe(probe: Probe, context: ProberContext): Promise<Attempt> {
  if (probe.kind === "heartbeat") throw new RangeError("nobody probes a heartbeat");
  return attemptKind(probe.kind, probe, context);
}

function attemptKind<K extends Kind>(kind: K, probe: ProbeOf<K>, context: ProberContext) {
  return probers[kind](probe, context);
}
